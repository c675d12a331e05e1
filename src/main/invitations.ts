import type { Command } from 'commander';
import { invite } from '../accounts/invitation.ts';
import { CommandError } from './accounts.ts';
import { openQueues } from './delivery.ts';
import type { Parts } from './parts.ts';

type WithParts = (work: (parts: Parts) => Promise<void>) => Promise<void>;
type Print = (value: unknown) => void;

/** `mire accounts invite`: a way in for somebody without card or e-CPS. */
export function invitationCommand(program: Command, withParts: WithParts, print: Print): void {
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
    .action(({ by, days, ...content }: Record<string, string>) =>
      withParts(async (parts) => {
        const count = Number(days);
        if (!(Number.isInteger(count) && count > 0 && count <= 30))
          throw new CommandError('--days is a number from 1 to 30.');
        const delivery = openQueues(parts);
        try {
          const { ISSUER: issuer, PLATFORM_NAME } = parts.settings;
          const how = { issuer, days: count, by: by ?? PLATFORM_NAME };
          const invited = await invite({ ...parts, notifier: delivery.notifier }, content, how);
          print({ invited: invited.id, expires: invited.expiresAt.toISOString() });
        } finally {
          await delivery.close();
        }
      }),
    );
}
