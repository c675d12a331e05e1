import { createInterface } from 'node:readline/promises';
import type { ClientMetadata } from 'oidc-provider';
import { applyChanges, disableClient, enableClient } from '../clients/administration.ts';
import type { StoredClient } from '../clients/client.ts';
import { described, shown } from '../clients/client-set.ts';
import { isSandboxClient } from '../clients/metadata.ts';
import { findClient, planned, readSecret, withProvider } from './client-desk.ts';
import { exported, planOf, readClients } from './client-file.ts';
import { type ClientOptions, metadataOf } from './client-options.ts';
import { CommandError } from './command-error.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

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

async function agreed({ stdin, stderr }: Terminal, apply: boolean): Promise<boolean> {
  if (apply) return true;
  if (!stdin.isTTY) return false;
  const question = createInterface({ input: stdin, output: stderr });
  const answer = await question.question('Apply? [y/N] ');
  question.close();
  return /^[yo]/i.test(answer);
}

export const add = (terminal: Terminal, id: string, options: ClientOptions & { secretStdin?: true }) =>
  withParts(terminal, (parts) =>
    withProvider(parts, async (provider) => {
      const secret = options.secretStdin ? await readSecret(terminal) : undefined;
      const wanted = { client_id: id, ...metadataOf(options) } as ClientMetadata;
      const change = await planned(parts, provider, wanted, secret ? { secret } : {});
      if (!change || change.from) throw new CommandError(`${id} is there already; "mire clients update" changes it.`);
      await applyChanges(parts, [change]);
      const given = secret ? {} : { client_secret: change.to.client_secret };
      print(terminal, { ...shown(change.to), ...given });
    }),
  );

export const update = (terminal: Terminal, id: string, options: ClientOptions & { dryRun?: true }) =>
  withParts(terminal, (parts) =>
    withProvider(parts, async (provider) => {
      const { metadata } = await findClient(parts, id);
      const wanted = { ...shown(metadata), ...metadataOf(options) } as unknown as ClientMetadata;
      const change = await planned(parts, provider, wanted);
      print(terminal, change ? described(change) : 'Nothing changes.');
      if (change && !options.dryRun) await applyChanges(parts, [change]);
    }),
  );

export const list = (terminal: Terminal, { unused, stage }: { unused?: string; stage?: string }) =>
  withParts(terminal, async (parts) => {
    if (unused !== undefined && !(Number(unused) >= 0)) throw new CommandError('--unused is a number of days.');
    const before = parts.clock().getTime() - Number(unused ?? 0) * DAY;
    const listed = (await parts.storage.clients.list()).filter(
      ({ metadata, lastUsedAt, createdAt }) =>
        (unused === undefined || (lastUsedAt ?? createdAt).getTime() <= before) &&
        (stage === undefined || (metadata.stage ?? 'production') === stage),
    );
    print(terminal, listed.map(summary));
  });

export const show = (terminal: Terminal, id: string) =>
  withParts(terminal, async (parts) => {
    const client = await findClient(parts, id);
    const expires = Number(client.metadata.client_secret_expires_at ?? 0);
    print(terminal, {
      ...shown(client.metadata),
      registered: client.createdAt,
      changed: client.updatedAt,
      last_used: client.lastUsedAt,
      secret_expires: expires ? new Date(expires * 1000) : undefined,
      previous_secret_until: client.previousSecret?.until,
      disabled: client.disabled,
      signs_in: isSandboxClient({ ...client.metadata, clientId: id }) ? 'integrators alone' : 'everybody',
    });
  });

export const exportSet = (terminal: Terminal) =>
  withParts(terminal, (parts) =>
    withProvider(parts, async (provider) => print(terminal, await exported(parts, provider))),
  );

export const importSet = (
  terminal: Terminal,
  path: string,
  { apply = false, disableOthers = false }: { apply?: boolean; disableOthers?: boolean },
) =>
  withParts(terminal, (parts) =>
    withProvider(parts, async (provider) => {
      const { changes, absent } = await planOf(parts, provider, readClients(path));
      for (const change of changes) print(terminal, described(change));
      for (const id of absent)
        print(terminal, `! ${id} is not in the file: ${disableOthers ? 'disabled' : 'left as it is'}`);
      const gone = disableOthers ? absent : [];
      if (changes.length === 0 && gone.length === 0) return print(terminal, 'Nothing changes.');
      if (!(await agreed(terminal, apply))) return print(terminal, 'Nothing was applied; --apply does it.');
      await applyChanges(parts, changes);
      for (const id of gone) await disableClient(parts, id, 'not in the imported file');
      const made = changes.filter(({ from, to }) => !from && to.client_secret);
      print(terminal, {
        applied: changes.length,
        disabled: gone.length,
        secrets: Object.fromEntries(made.map(({ clientId, to }) => [clientId, to.client_secret])),
      });
    }),
  );

export const disable = (terminal: Terminal, id: string, { reason }: { reason: string }) =>
  withParts(terminal, async (parts) => {
    await findClient(parts, id);
    print(terminal, { disabled: id, ...(await disableClient(parts, id, reason)) });
  });

export const enable = (terminal: Terminal, id: string) =>
  withParts(terminal, async (parts) => {
    await findClient(parts, id);
    print(terminal, { enabled: id, changed: await enableClient(parts, id) });
  });
