import { invite } from '../accounts/invitation.ts';
import { CommandError } from './command-error.ts';
import { openQueues } from './delivery.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

export type InvitationOptions = Readonly<Record<string, string>>;

export const inviteSomebody = (terminal: Terminal, { by, days, ...content }: InvitationOptions) =>
  withParts(terminal, async (parts) => {
    const count = Number(days);
    if (!(Number.isInteger(count) && count > 0 && count <= 30))
      throw new CommandError('--days is a number from 1 to 30.');
    const delivery = openQueues(parts);
    try {
      const { ISSUER: issuer, PLATFORM_NAME } = parts.settings;
      const how = { issuer, days: count, by: by ?? PLATFORM_NAME };
      const invited = await invite({ ...parts, notifier: delivery.notifier }, content, how);
      print(terminal, { invited: invited.id, expires: invited.expiresAt.toISOString() });
    } finally {
      await delivery.close();
    }
  });
