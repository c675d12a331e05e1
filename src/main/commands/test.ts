import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

/** `mire bounces`: for the pipe of the mail server. */
export function bouncesCommand(program: Command, terminal: Terminal): void {
  program
    .command('bounces')
    .description('reads one report of a mail that did not arrive from the standard input (docs/mail.md)')
    .action(async () => (await import('../bounces.ts')).bounces(terminal));
}

/** `mire test …`: whether what stands outside does what it should. */
export function testCommands(program: Command, terminal: Terminal): void {
  const test = program.command('test').description('tries what stands outside, and tells all it learns');

  test
    .command('mail')
    .description('sends a mail and prints the whole talk, and what SPF, DKIM and DMARC say of the domain')
    .requiredOption('--to <address>', 'who receives it')
    .action(async (options: { to: string }) => (await import('../mail-test.ts')).testMail(terminal, options));
}
