import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

const work = () => import('../accounts.ts');

/** `mire accounts …`: what an administrator does to accounts. */
export function accountCommands(program: Command, terminal: Terminal): void {
  const accounts = program.command('accounts').description('accounts of professionals');

  accounts
    .command('add')
    .description('adds an account; its password, if any, is read from the standard input')
    .requiredOption('--family-name <name>')
    .requiredOption('--given-name <name>')
    .option('--login <identifier>')
    .option('--email <address>')
    .option('--email-verified')
    .option('--phone <number>')
    .option('--phone-verified')
    .option('--title <code>')
    .option('--profession <code>')
    .option('--specialty <code>')
    .option('--national-id <id>')
    .option('--password-stdin', 'reads one line')
    .action(async (options: Record<string, string | boolean | undefined>) => (await work()).add(terminal, options));

  accounts
    .command('show <who>')
    .description('by id, identifier, mail or national id')
    .action(async (who: string) => (await work()).show(terminal, who));

  accounts
    .command('import <file>')
    .description('JSON Lines; run it again when it was cut off')
    .action(async (file: string) => (await work()).importFile(terminal, file));

  accounts
    .command('block <who>')
    .requiredOption('--reason <text>')
    .action(async (who: string, options: { reason: string }) => (await work()).block(terminal, who, options));

  accounts
    .command('end-sessions <who>')
    .description('ends all sessions, or one of those that `show` lists')
    .option('--session <id>')
    .action(async (who: string, options: { session?: string }) => (await work()).endSessions(terminal, who, options));

  accounts
    .command('revoke-consent <who> <client>')
    .description('takes back what the person allowed an application')
    .action(async (who: string, client: string) => (await work()).revokeConsent(terminal, who, client));

  accounts.command('unblock <who>').action(async (who: string) => (await work()).unblock(terminal, who));

  accounts
    .command('role <who> [roles...]')
    .description('sets the roles; none takes them away')
    .action(async (who: string, roles: string[]) => (await work()).setRoles(terminal, who, roles));
}
