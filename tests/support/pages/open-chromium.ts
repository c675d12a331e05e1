import { type Browser, chromium } from 'playwright-core';
import { binary } from '../jest/binaries.ts';

const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
/** A container has no user namespace for Chromium's own sandbox. */
const ARGUMENTS = ['--no-sandbox', '--disable-component-update', '--disable-sync', ...QUIET];

export const openChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: binary('chromium') ?? chromium.executablePath(), args: ARGUMENTS });
