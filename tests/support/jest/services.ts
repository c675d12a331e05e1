import { describe, test } from '@jest/globals';
import { SERVICES_VARIABLE } from './binaries.ts';

/** Outside services a test may need. Global setup looks for them once; workers read the answer from the environment. */
export type ServiceName =
  | 'postgres'
  | 'redis'
  | 'chromium'
  | 'nginx'
  | 'haproxy'
  | 'openssl'
  | 'slapd'
  | 'samba'
  | 'postfix'
  | 'spamassassin'
  | 'dovecot'
  | 'promtool'
  | 'postgres-server'
  | 'redis-server';

const found = new Set((process.env[SERVICES_VARIABLE] ?? '').split(','));

/** Which real services answered. */
export const available: Readonly<Record<ServiceName, boolean>> = {
  postgres: found.has('postgres'),
  redis: found.has('redis'),
  chromium: found.has('chromium'),
  nginx: found.has('nginx'),
  haproxy: found.has('haproxy'),
  openssl: found.has('openssl'),
  slapd: found.has('slapd'),
  samba: found.has('samba'),
  postfix: found.has('postfix'),
  spamassassin: found.has('spamassassin'),
  dovecot: found.has('dovecot'),
  promtool: found.has('promtool'),
  // Programs that a test may start for itself, to be killed at will.
  'postgres-server': found.has('postgres-server'),
  'redis-server': found.has('redis-server'),
};

/**
 * A `describe` that needs a real service. Without it the tests are skipped and say why; in CI they fail, so that a
 * pipeline that lost a service cannot stay green.
 */
export function describeWith(service: ServiceName, name: string, body: () => void): void {
  if (available[service]) describe(name, body);
  else if (process.env.CI) {
    describe(name, () => {
      test(`needs ${service}, which does not answer`, () => {
        throw new Error(`${service} is missing, and CI must not skip`);
      });
    });
  } else {
    // A machine without the service still runs everything else, and the name says what is missing.
    describe.skip(`${name} (skipped: ${service} does not answer here)`, body);
  }
}
