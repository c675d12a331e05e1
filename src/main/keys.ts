import type { Command } from 'commander';
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
    .command('remove <kid>')
    .description('takes a retired key away at once: what it signed is refused from then on')
    .action((kid: string) =>
      withParts(async (parts) => {
        if (!(await parts.signingKeys.remove(kid)))
          throw new CommandError(`No retired key is named ${kid}; "mire keys list" shows them.`);
        await list(parts);
      }),
    );
}
