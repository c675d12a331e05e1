import { count } from './setting-types.ts';

/** Settings of the keys that sign tokens. */
export const keySettings = {
  SIGNING_KEY_DAYS: count(1, 3650).default(90).describe('days after which the worker puts another signing key in use'),
  SIGNING_KEY_NOTICE_DAYS: count(1, 60)
    .default(7)
    .describe('days for which the next signing key is published before it signs'),
};

/** Seconds. */
export const KEYS = {
  /** How long an application may keep the published keys before it asks again. */
  published: 5 * 60,
  /** A key that no longer signs is published until nothing that it signed can be shown any more. */
  retired: 48 * 60 * 60,
  /** How often a process looks whether the keys have changed. */
  watch: 30,
} as const;
