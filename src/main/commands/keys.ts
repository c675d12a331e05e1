import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

const work = () => import('../keys.ts');

/** `mire keys …`: the keys that sign tokens. Web processes and workers take a change over by themselves. */
export function keyCommands(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('the keys that sign tokens');

  keys
    .command('list')
    .description('next (published, does not sign yet), active, retired (verifies only)')
    .action(async () => (await work()).list(terminal));

  keys
    .command('rotate')
    .description('publishes another key of every algorithm, which signs when applications have had time to see it')
    .option('--hours <count>', 'until it signs', '24')
    .option('--now', 'signs at once: when a key has leaked')
    .action(async (options: { hours: string; now?: true }) => (await work()).rotate(terminal, options));

  keys
    .command('rewrap')
    .description('seals again under the first key of DATA_KEYS what an older one sealed; the service may run')
    .option('--batch <rows>', 'rows of one transaction', '500')
    .action(async (options: { batch: string }) => (await work()).rewrapColumns(terminal, options));

  keys
    .command('forget <version>')
    .description('takes away for ever what only a key of DATA_KEYS opens that is lost; stop the processes first')
    .action(async (version: string) => (await work()).forget(terminal, version));

  keys
    .command('remove <kid>')
    .description('takes a retired key away at once: what it signed is refused from then on')
    .action(async (kid: string) => (await work()).remove(terminal, kid));
}
