import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { ClientMetadata } from 'oidc-provider';
import { applyChanges, disableClient, enableClient } from '../clients/administration.ts';
import type { StoredClient } from '../clients/client.ts';
import { described, shown } from '../clients/client-set.ts';
import { isSandboxClient } from '../clients/metadata.ts';
import { CommandError } from './accounts.ts';
import { findClient, planned, readSecret, withProvider } from './client-desk.ts';
import { exported, planOf, readClients } from './client-file.ts';
import { type ClientOptions, clientOptions, metadataOf } from './client-options.ts';
import { secretCommands } from './client-secrets.ts';
import { submissionCommands } from './integrators.ts';
import type { Parts } from './parts.ts';

type WithParts = (work: (parts: Parts) => Promise<void>) => Promise<void>;
type Print = (value: unknown) => void;

const DAY = 24 * 60 * 60 * 1000;

const summary = ({ metadata, lastUsedAt, createdAt, disabled }: StoredClient) => ({
  client_id: metadata.client_id,
  name: metadata.client_name,
  owner: metadata.owner,
  stage: metadata.stage ?? 'production',
  minimum_acr: metadata.minimum_acr,
  registered: createdAt,
  last_used: lastUsedAt,
  ...(disabled ? { disabled: disabled.reason } : {}),
});

async function agreed(apply: boolean): Promise<boolean> {
  if (apply) return true;
  if (!process.stdin.isTTY) return false;
  const question = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await question.question('Apply? [y/N] ');
  question.close();
  return /^[yo]/i.test(answer);
}

/** `mire clients …`: the applications that sign people in. */
export function clientCommands(program: Command, withParts: WithParts, print: Print): void {
  const clients = program.command('clients').description('regional applications, as OpenID Connect clients');

  clientOptions(clients.command('add <id>'))
    .description('registers an application; its secret is made, and shown this once')
    .option('--secret-stdin', 'reads the secret instead: one line')
    .action((id: string, options: ClientOptions & { secretStdin?: true }) =>
      withParts((parts) =>
        withProvider(parts, async (provider) => {
          const secret = options.secretStdin ? await readSecret() : undefined;
          const wanted = { client_id: id, ...metadataOf(options) } as ClientMetadata;
          const change = await planned(parts, provider, wanted, secret ? { secret } : {});
          if (!change || change.from)
            throw new CommandError(`${id} is there already; "mire clients update" changes it.`);
          await applyChanges(parts, [change]);
          const given = secret ? {} : { client_secret: change.to.client_secret };
          print({ ...shown(change.to), ...given });
        }),
      ),
    );

  clientOptions(clients.command('update <id>'))
    .description('changes what is said, and shows what that is')
    .option('--dry-run', 'only shows it')
    .action((id: string, options: ClientOptions & { dryRun?: true }) =>
      withParts((parts) =>
        withProvider(parts, async (provider) => {
          const { metadata } = await findClient(parts, id);
          const wanted = { ...shown(metadata), ...metadataOf(options) } as unknown as ClientMetadata;
          const change = await planned(parts, provider, wanted);
          print(change ? described(change) : 'Nothing changes.');
          if (change && !options.dryRun) await applyChanges(parts, [change]);
        }),
      ),
    );

  clients
    .command('list')
    .option('--unused <days>', 'only those that nobody used for so long')
    .option('--stage <stage>', 'sandbox, submitted or production')
    .action(({ unused, stage }: { unused?: string; stage?: string }) =>
      withParts(async (parts) => {
        if (unused !== undefined && !(Number(unused) >= 0)) throw new CommandError('--unused is a number of days.');
        const before = parts.clock().getTime() - Number(unused ?? 0) * DAY;
        const listed = (await parts.storage.clients.list()).filter(
          ({ metadata, lastUsedAt, createdAt }) =>
            (unused === undefined || (lastUsedAt ?? createdAt).getTime() <= before) &&
            (stage === undefined || (metadata.stage ?? 'production') === stage),
        );
        print(listed.map(summary));
      }),
    );

  clients.command('show <id>').action((id: string) =>
    withParts(async (parts) => {
      const client = await findClient(parts, id);
      const expires = Number(client.metadata.client_secret_expires_at ?? 0);
      print({
        ...shown(client.metadata),
        registered: client.createdAt,
        changed: client.updatedAt,
        last_used: client.lastUsedAt,
        secret_expires: expires ? new Date(expires * 1000) : undefined,
        previous_secret_until: client.previousSecret?.until,
        disabled: client.disabled,
        signs_in: isSandboxClient({ ...client.metadata, clientId: id }) ? 'integrators alone' : 'everybody',
      });
    }),
  );

  clients
    .command('export')
    .description('the whole set without secrets, as "import" takes it')
    .action(() =>
      withParts((parts) => withProvider(parts, async (provider) => print(await exported(parts, provider)))),
    );

  clients
    .command('import <file>')
    .description('makes the set what a reviewed file (YAML or JSON) says; shows the difference first')
    .option('--apply', 'without asking')
    .option('--disable-others', 'disables those that the file does not name')
    .action((path: string, { apply = false, disableOthers = false }: { apply?: boolean; disableOthers?: boolean }) =>
      withParts((parts) =>
        withProvider(parts, async (provider) => {
          const { changes, absent } = await planOf(parts, provider, readClients(path));
          for (const change of changes) print(described(change));
          for (const id of absent) print(`! ${id} is not in the file: ${disableOthers ? 'disabled' : 'left as it is'}`);
          const gone = disableOthers ? absent : [];
          if (changes.length === 0 && gone.length === 0) return print('Nothing changes.');
          if (!(await agreed(apply))) return print('Nothing was applied; --apply does it.');
          await applyChanges(parts, changes);
          for (const id of gone) await disableClient(parts, id, 'not in the imported file');
          const made = changes.filter(({ from, to }) => !from && to.client_secret);
          print({
            applied: changes.length,
            disabled: gone.length,
            secrets: Object.fromEntries(made.map(({ clientId, to }) => [clientId, to.client_secret])),
          });
        }),
      ),
    );

  clients
    .command('disable <id>')
    .description('refused everywhere at once; all that was given to it ends')
    .requiredOption('--reason <text>')
    .action((id: string, { reason }: { reason: string }) =>
      withParts(async (parts) => {
        await findClient(parts, id);
        print({ disabled: id, ...(await disableClient(parts, id, reason)) });
      }),
    );

  clients.command('enable <id>').action((id: string) =>
    withParts(async (parts) => {
      await findClient(parts, id);
      print({ enabled: id, changed: await enableClient(parts, id) });
    }),
  );

  secretCommands(clients, withParts, print);
  submissionCommands(clients, withParts, print);
}
