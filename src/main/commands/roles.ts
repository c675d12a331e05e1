import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

const work = () => import('../roles.ts');

/** `mire sandbox | conformance | serve | work`, what prepares them, and what they run with. */
export function roleCommands(program: Command, terminal: Terminal): void {
  program
    .command('sandbox')
    .description('everything in one process, every outside party simulated')
    .action(async () => (await work()).sandbox(terminal));

  program
    .command('conformance')
    .description("the sandbox as the OpenID Foundation's suite needs it; writes the suite's configuration")
    .option('--files <folder>', 'where the configuration is written', 'tests/conformance')
    .action(async (options: { files: string }) => (await work()).conformance(terminal, options));

  program
    .command('serve')
    .description('the web process')
    .action(async () => (await work()).web(terminal));

  program
    .command('work')
    .description('the worker, which sends mail and SMS')
    .action(async () => (await work()).worker(terminal));

  program
    .command('migrate')
    .description('brings the database up to date; safe when several do it at once')
    .action(async () => (await work()).migrate(terminal));

  program
    .command('settings')
    .description('what is in force, secrets masked')
    .action(async () => (await work()).settings(terminal));
}
