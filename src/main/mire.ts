import { Command } from 'commander';
import { failureOf } from './command-error.ts';
import { administration } from './commands/administration.ts';
import { roleCommands } from './commands/roles.ts';
import type { Terminal } from './terminal.ts';

/**
 * `mire …` as it is typed: what a command is made of is read here, what it does is loaded when it is done.
 * @returns whether it is over, because it failed; a process that serves has only begun.
 */
export async function mire(args: readonly string[], terminal: Terminal): Promise<'failed' | 'done'> {
  const { stdout, stderr } = terminal;
  const program = new Command('mire')
    .description('Sign-in service of a regional health platform')
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
  roleCommands(program, terminal);
  administration(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 'done';
  } catch (error) {
    const { text, code } = failureOf(error);
    if (text !== undefined) stderr.write(`${text}\n`);
    terminal.exitCode = code;
    return code === 0 ? 'done' : 'failed';
  }
}
