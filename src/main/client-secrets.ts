import { endPreviousSecret, rotateSecret } from '../clients/administration.ts';
import { findClient, readSecret } from './client-desk.ts';
import { CommandError } from './command-error.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

const DAY = 24 * 60 * 60 * 1000;

export interface SecretOptions {
  readonly keepDays: string;
  readonly expiresDays?: string;
  readonly secretStdin?: true;
  readonly endPrevious?: true;
}

export const rotate = (terminal: Terminal, id: string, options: SecretOptions) =>
  withParts(terminal, async (parts) => {
    const client = await findClient(parts, id);
    if (options.endPrevious) return print(terminal, { client_id: id, ended: await endPreviousSecret(parts, id) });
    if (typeof client.metadata.client_secret !== 'string') throw new CommandError(`${id} has no secret.`);
    const [keep, expires] = [Number(options.keepDays), Number(options.expiresDays ?? 0)];
    if (!(keep >= 0 && keep <= 90)) throw new CommandError('--keep-days is a number from 0 to 90.');
    if (!(expires >= 0 && expires <= 3650)) throw new CommandError('--expires-days is a number from 0 to 3650.');
    const now = parts.clock().getTime();
    const previousUntil = keep > 0 ? new Date(now + keep * DAY) : undefined;
    const expiresAt = expires > 0 ? new Date(now + expires * DAY) : undefined;
    const given = options.secretStdin ? { secret: await readSecret(terminal) } : {};
    const secret = await rotateSecret(parts, id, client.version, { ...given, previousUntil, expiresAt });
    print(terminal, {
      client_id: id,
      ...(options.secretStdin ? {} : { client_secret: secret }),
      expires: expiresAt,
      previous_secret_until: previousUntil,
    });
  });
