import type { z } from 'zod';
import { address, origin } from './setting-types.ts';

/** Settings of `npm run conformance`, where the OpenID Foundation's suite tests the sandbox. */
export const conformanceSettings = {
  CONFORMANCE_ORIGIN: origin
    .optional()
    .describe('npm run conformance: the https origin that the suite calls; by default https://localhost:4443'),
  CONFORMANCE_SUITE: address('https:')
    .optional()
    .describe('npm run conformance: where the suite runs; by default https://localhost.emobix.co.uk:8443'),
};

type ConformanceSettings = {
  readonly [name in keyof typeof conformanceSettings]?: z.infer<(typeof conformanceSettings)[name]>;
};

export const CONFORMANCE_DEFAULTS = {
  origin: 'https://localhost:4443',
  suite: 'https://localhost.emobix.co.uk:8443',
} as const;

/** Nothing of it is for real people. */
export function conformanceProblems(
  settings: ConformanceSettings,
  production: boolean,
): { name: string; message: string }[] {
  if (!production) return [];
  return Object.keys(conformanceSettings)
    .filter((name) => settings[name as keyof ConformanceSettings] !== undefined)
    .map((name) => ({ name, message: 'is for npm run conformance, never in production' }));
}
