import type { Command } from 'commander';
import type { InvitationOptions } from '../invitations.ts';
import type { Terminal } from '../terminal.ts';

/** `mire accounts invite`: a way in for somebody without card or e-CPS. */
export function invitationCommand(program: Command, terminal: Terminal): void {
  const accounts = program.commands.find((command) => command.name() === 'accounts');
  if (!accounts) throw new Error('invitations belong to the commands of accounts');
  accounts
    .command('invite')
    .description('sends a link by mail, good once, with which somebody makes their own account')
    .requiredOption('--email <address>')
    .option('--family-name <name>')
    .option('--given-name <name>')
    .option('--profession <code>')
    .option('--locale <language>', 'fr or en', 'fr')
    .option('--by <who>', 'who invites, as the mail says it; the platform by default')
    .option('--days <count>', 'how long the link is good for', '7')
    .action(async (options: InvitationOptions) =>
      (await import('../invitations.ts')).inviteSomebody(terminal, options),
    );
}
