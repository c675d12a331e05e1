import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { binary } from '../jest/binaries.ts';

const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
/** Chromium heeds the last list only: what playwright-core switches off that these tests can meet, and RenderDocument. */
const OFF = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  // A frame of its own for each page within a site: a third of what it costs to go to one.
  'RenderDocument',
];
/** A container has no user namespace for Chromium's own sandbox. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${OFF.join(',')}`,
  ...QUIET,
];

const executablePath = (): string => process.env.TEST_CHROMIUM ?? binary('chromium') ?? chromium.executablePath();

export const openChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: executablePath(), args: ARGUMENTS, timeout: 120_000 });

let shared: Promise<Browser> | undefined;

/**
 * The one Chromium of this worker, opened by whoever comes first. playwright-core kills it as the worker exits; should
 * the worker be killed, Chromium ends by itself, as the pipe that it is led by is cut.
 */
export function workersChromium(): Promise<Browser> {
  shared ??= begin();
  return shared;
}

/** One that ended, or never began, is begun anew by whoever comes next. */
async function begin(): Promise<Browser> {
  try {
    const browser = await leavingTheWorkerFree(openChromium);
    browser.once('disconnected', forget);
    return browser;
  } catch (error) {
    forget();
    throw error;
  }
}

const forget = () => {
  shared = undefined;
};

/** Runs it; a process that it starts, and the pipes to that, do not keep this one from ending. */
async function leavingTheWorkerFree<T>(start: () => Promise<T>): Promise<T> {
  const started: ChildProcess[] = [];
  const note = (message: unknown) => started.push((message as { process: ChildProcess }).process);
  subscribe('child_process', note);
  try {
    return await start();
  } finally {
    unsubscribe('child_process', note);
    for (const child of started) {
      child.unref();
      for (const pipe of child.stdio) (pipe as Socket | null)?.unref();
    }
  }
}
