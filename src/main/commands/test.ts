import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

/** `mire test …`: whether what stands outside does what it should. */
export function testCommands(program: Command, terminal: Terminal): void {
  const test = program.command('test').description('tries what stands outside, and tells all it learns');

  test
    .command('mail')
    .description('sends a mail and prints the whole talk, and what SPF, DKIM and DMARC say of the domain')
    .requiredOption('--to <address>', 'who receives it')
    .action(async (options: { to: string }) => (await import('../mail-test.ts')).testMail(terminal, options));
}
