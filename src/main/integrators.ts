import type { Command } from 'commander';
import type { ClientMetadata } from 'oidc-provider';
import { settleSubmission } from '../clients/administration.ts';
import { completeMetadata, MetadataError } from '../provider/client-metadata.ts';
import { CommandError } from './accounts.ts';
import { findClient, isSandbox, withProvider } from './client-desk.ts';
import type { Parts } from './parts.ts';

type WithParts = (work: (parts: Parts) => Promise<void>) => Promise<void>;
type Print = (value: unknown) => void;

/** `mire clients approve | refuse`: what integrators submitted in their portal. */
export function submissionCommands(clients: Command, withParts: WithParts, print: Print): void {
  async function submitted(parts: Parts, id: string) {
    const client = await findClient(parts, id);
    if (client.metadata.stage !== 'submitted')
      throw new CommandError(`${id} is not submitted; "mire clients list --stage submitted" shows those that are.`);
    return client;
  }

  clients
    .command('approve <id>')
    .description('puts a submitted application into production: it signs everybody in')
    .option('--minimum-acr <level>', 'lowers or raises what it asked for')
    .option('--first-party', "the platform's own: no consent page")
    .action((id: string, options: { minimumAcr?: string; firstParty?: true }) =>
      withParts((parts) =>
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
            complete = await completeMetadata(provider, wanted, { loopback: isSandbox(parts) });
          } catch (error) {
            throw error instanceof MetadataError ? new CommandError(error.message) : error;
          }
          await settleSubmission(parts, complete, version, 'client.approved');
          print({ approved: id });
        }),
      ),
    );

  clients
    .command('refuse <id>')
    .description('sends a submitted application back to its integrator, who reads why')
    .requiredOption('--reason <text>')
    .action((id: string, { reason }: { reason: string }) =>
      withParts(async (parts) => {
        const { metadata, version } = await submitted(parts, id);
        const back = { ...metadata, stage: 'sandbox', stage_note: reason.slice(0, 500) } as ClientMetadata;
        await settleSubmission(parts, back, version, 'client.refused');
        print({ refused: id });
      }),
    );
}

/** `mire integrators …`: who may use /integrateurs besides the people of INTEGRATOR_DOMAINS. */
export function integratorCommands(program: Command, withParts: WithParts, print: Print): void {
  const integrators = program.command('integrators').description('those who make applications');

  const settle = (mail: string, event: 'integrator.invited' | 'integrator.uninvited') =>
    withParts(async ({ storage, clock }) => {
      if (!/^[^@\s]+@[^@\s]+$/.test(mail)) throw new CommandError(`${mail} is not a mail address.`);
      const changed = await storage.transaction(async (tx) => {
        const done =
          event === 'integrator.invited'
            ? await tx.integrators.invite(mail, clock())
            : await tx.integrators.uninvite(mail);
        if (done) await tx.audit.write({ event });
        return done;
      });
      print({ mail, changed });
    });

  integrators
    .command('invite <mail>')
    .description('whoever has this verified address may use /integrateurs')
    .action((mail: string) => settle(mail, 'integrator.invited'));
  integrators.command('uninvite <mail>').action((mail: string) => settle(mail, 'integrator.uninvited'));
  integrators.command('list').action(() => withParts(async ({ storage }) => print(await storage.integrators.list())));
}
