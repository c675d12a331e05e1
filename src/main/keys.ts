import type { Command } from 'commander';
import { forgetLost } from '../../adapters/db/forget-lost.ts';
import { rewrap } from '../../adapters/db/rewrap.ts';
import { KEYS } from '../../config/key-settings.ts';
import { rotateKeys } from '../provider/key-rotation.ts';
import { CommandError } from './accounts.ts';
import type { Parts } from './parts.ts';

type WithParts = (work: (parts: Parts) => Promise<void>) => Promise<void>;

/** `mire keys …`: the keys that sign tokens. Web processes and workers take a change over by themselves. */
export function keyCommands(program: Command, withParts: WithParts, print: (value: unknown) => void): void {
  const keys = program.command('keys').description('the keys that sign tokens');
  const list = async ({ signingKeys }: Parts) => print(await signingKeys.list());

  keys
    .command('list')
    .description('next (published, does not sign yet), active, retired (verifies only)')
    .action(() => withParts(list));

  keys
    .command('rotate')
    .description('publishes another key of every algorithm, which signs when applications have had time to see it')
    .option('--hours <count>', 'until it signs', '24')
    .option('--now', 'signs at once: when a key has leaked')
    .action(({ hours, now }: { hours: string; now?: true }) =>
      withParts(async (parts) => {
        const count = now ? 0 : Number(hours);
        if (!(count >= 0 && count <= 1440)) throw new CommandError('--hours is a number from 0 to 1440.');
        const at = new Date(parts.clock().getTime() + count * 60 * 60 * 1000);
        await rotateKeys({ keys: parts.signingKeys, clock: parts.clock }, at);
        await list(parts);
      }),
    );

  keys
    .command('rewrap')
    .description('seals again under the first key of DATA_KEYS what an older one sealed; the service may run')
    .option('--batch <rows>', 'rows of one transaction', '500')
    .action(({ batch }: { batch: string }) =>
      withParts(async ({ database, vault, storage }) => {
        const rows = Number(batch);
        if (!(Number.isInteger(rows) && rows >= 1 && rows <= 10_000))
          throw new CommandError('--batch is a number from 1 to 10000.');
        const columns = await rewrap(database, vault, rows);
        const count = columns.reduce((sum, { rewrapped }) => sum + rewrapped, 0);
        if (count > 0)
          await storage.audit.write({ event: 'key.rewrapped', details: { version: vault.version, rows: count } });
        print({
          version: vault.version,
          columns,
          next: 'keep the older keys in DATA_KEYS two days more, for what lives shorter and for Redis; then remove them',
        });
      }),
    );

  keys
    .command('forget <version>')
    .description('takes away for ever what only a key of DATA_KEYS opens that is lost; stop the processes first')
    .action((version: string) =>
      withParts(async ({ database, vault, storage }) => {
        const lost = Number(version);
        if (!(Number.isInteger(lost) && lost >= 0 && lost <= 65535))
          throw new CommandError('A version is a number: the one before ":" in DATA_KEYS.');
        if (vault.knows(lost)) throw new CommandError(`DATA_KEYS has the key of version ${lost}: nothing is lost.`);
        const columns = await forgetLost(database, lost);
        const rows = columns.reduce((sum, { rows: count }) => sum + count, 0);
        if (rows > 0) await storage.audit.write({ event: 'key.forgotten', details: { version: lost, rows } });
        print({ version: lost, columns: columns.filter(({ rows: count }) => count > 0) });
      }),
    );

  keys
    .command('remove <kid>')
    .description('takes a retired key away at once: what it signed is refused from then on')
    .action((kid: string) =>
      withParts(async (parts) => {
        const retiredBy = new Date(parts.clock().getTime() - 2 * KEYS.watch * 1000);
        if (!(await parts.signingKeys.remove(kid, retiredBy)))
          throw new CommandError(`No key named ${kid} has been retired for a minute; "mire keys list" shows them.`);
        await list(parts);
      }),
    );
}
