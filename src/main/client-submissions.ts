import type { ClientMetadata } from 'oidc-provider';
import { settleSubmission } from '../clients/administration.ts';
import { shownText } from '../foreign-text.ts';
import { completeMetadata, MetadataError } from '../provider/client-metadata.ts';
import { findClient, termsOf, withProvider } from './client-desk.ts';
import { CommandError } from './command-error.ts';
import type { Parts } from './parts.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

async function submitted(parts: Parts, id: string) {
  const client = await findClient(parts, id);
  if (client.metadata.stage !== 'submitted')
    throw new CommandError(`${id} is not submitted; "mire clients list --stage submitted" shows those that are.`);
  return client;
}

export const approve = (terminal: Terminal, id: string, options: { minimumAcr?: string; firstParty?: true }) =>
  withParts(terminal, (parts) =>
    withProvider(parts, async (provider) => {
      const { metadata, version } = await submitted(parts, id);
      const { stage_note: _, ...rest } = metadata;
      const wanted = {
        ...rest,
        stage: 'production',
        ...(options.minimumAcr ? { minimum_acr: options.minimumAcr } : {}),
        ...(options.firstParty ? { first_party: true } : {}),
      } as ClientMetadata;
      let complete: ClientMetadata;
      try {
        complete = await completeMetadata(provider, wanted, { ...termsOf(parts), before: metadata });
      } catch (error) {
        throw error instanceof MetadataError ? new CommandError(error.message) : error;
      }
      await settleSubmission(parts, complete, version, 'client.approved');
      print(terminal, { approved: id });
    }),
  );

export const refuse = (terminal: Terminal, id: string, { reason }: { reason: string }) =>
  withParts(terminal, async (parts) => {
    const { metadata, version } = await submitted(parts, id);
    const back = { ...metadata, stage: 'sandbox', stage_note: shownText(reason, 500) } as ClientMetadata;
    await settleSubmission(parts, back, version, 'client.refused');
    print(terminal, { refused: id });
  });
