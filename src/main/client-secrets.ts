import type { Command } from 'commander';
import { endPreviousSecret, rotateSecret } from '../clients/administration.ts';
import { CommandError } from './accounts.ts';
import { findClient, readSecret } from './client-desk.ts';
import type { Parts } from './parts.ts';

type WithParts = (work: (parts: Parts) => Promise<void>) => Promise<void>;

const DAY = 24 * 60 * 60 * 1000;

interface Options {
  readonly keepDays: string;
  readonly expiresDays?: string;
  readonly secretStdin?: true;
  readonly endPrevious?: true;
}

/** `mire clients rotate-secret`: two secrets are good while the application changes over. */
export function secretCommands(clients: Command, withParts: WithParts, print: (value: unknown) => void): void {
  clients
    .command('rotate-secret <id>')
    .description('another secret, shown this once; the one in use stays good for some days')
    .option('--keep-days <count>', 'how long the one in use stays good; 0: it has leaked', '14')
    .option('--expires-days <count>', 'how long the new one is good; for ever when left out')
    .option('--secret-stdin', 'reads the new secret instead: one line')
    .option('--end-previous', 'changes nothing but that the secret before the last rotation is refused at once')
    .action((id: string, options: Options) =>
      withParts(async (parts) => {
        const client = await findClient(parts, id);
        if (options.endPrevious) return print({ client_id: id, ended: await endPreviousSecret(parts, id) });
        if (typeof client.metadata.client_secret !== 'string') throw new CommandError(`${id} has no secret.`);
        const [keep, expires] = [Number(options.keepDays), Number(options.expiresDays ?? 0)];
        if (!(keep >= 0 && keep <= 90)) throw new CommandError('--keep-days is a number from 0 to 90.');
        if (!(expires >= 0 && expires <= 3650)) throw new CommandError('--expires-days is a number from 0 to 3650.');
        const now = parts.clock().getTime();
        const previousUntil = keep > 0 ? new Date(now + keep * DAY) : undefined;
        const expiresAt = expires > 0 ? new Date(now + expires * DAY) : undefined;
        const given = options.secretStdin ? { secret: await readSecret() } : {};
        const secret = await rotateSecret(parts, id, client.version, { ...given, previousUntil, expiresAt });
        print({
          client_id: id,
          ...(options.secretStdin ? {} : { client_secret: secret }),
          expires: expiresAt,
          previous_secret_until: previousUntil,
        });
      }),
    );
}
