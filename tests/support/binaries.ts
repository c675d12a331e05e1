import { existsSync } from 'node:fs';

export const SERVICES_VARIABLE = 'MIRE_TEST_SERVICES';

const BINARIES = { chromium: ['/usr/bin/chromium'], nginx: ['/usr/sbin/nginx', '/usr/bin/nginx'] } as const;

export const binary = (name: keyof typeof BINARIES): string | undefined =>
  BINARIES[name].find((path) => existsSync(path));
