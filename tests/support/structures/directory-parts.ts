import type { DirectoryParts } from '../../../adapters/ldap/directory.ts';
import { createLog } from '../../../src/log.ts';

/** What a directory is opened with, where no service stands around it; `refusals` is what would be remembered of the secret. */
export function partsOf(
  secret: string | undefined,
  refusals: Set<string> = new Set(),
  clock = () => new Date(),
): DirectoryParts {
  return {
    secret: {
      read: () => secret,
      refused: async () => refusals.has(secret ?? ''),
      refuse: async () => {
        refusals.add(secret ?? '');
      },
      accept: async () => refusals.clear(),
    },
    log: createLog('silent'),
    clock,
  };
}
