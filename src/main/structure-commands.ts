import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { stringify } from 'yaml';
import { structureSignIns } from '../../adapters/db/structure-sign-ins.ts';
import { randomToken } from '../protection/secrets.ts';
import { DefinitionError, readDefinitions } from '../structures/definition-file.ts';
import { DirectoryDown, type Finding } from '../structures/directory.ts';
import { createLeavers, type Leavers } from '../structures/leavers.ts';
import { checkNow } from '../structures/nightly-check.ts';
import { enableStructure, saveStructure } from '../structures/saving.ts';
import { isLdap, type OidcStructure, type Structure } from '../structures/structure.ts';
import { UpstreamRefused } from '../upstream/provider.ts';
import { CommandError } from './command-error.ts';
import { openQueues } from './delivery.ts';
import type { Parts } from './parts.ts';
import { openDirectories, openProviders } from './structures.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

async function find({ storage }: Parts, id: string): Promise<Structure> {
  const structure = await storage.structures.byId(id);
  if (!structure) throw new CommandError(`No structure is called ${id}: see "structures list".`);
  return structure;
}

function definitionsIn(file: string) {
  try {
    const folder = dirname(resolve(file));
    return readDefinitions(readFileSync(file, 'utf8'), (path) => readFileSync(resolve(folder, path)));
  } catch (error) {
    if (error instanceof DefinitionError) throw new CommandError(error.message);
    throw new CommandError(`${file} cannot be read.`);
  }
}

/** One line of `test`. */
export const shown = ({ step, server, ok, said }: Finding) =>
  `${ok ? 'ok   ' : 'WRONG'} ${step}${server ? ` ${server}` : ''}: ${said}`;

/** Whether the provider publishes what a sign-in needs. Whether it knows us is only seen by signing in. */
async function askProvider(parts: Parts, structure: OidcStructure): Promise<Finding> {
  try {
    const provider = await openProviders(parts).of(structure);
    const { url } = await provider.start(randomToken(), {});
    return { step: 'provider', ok: true, said: `people are sent to ${url.origin}${url.pathname}` };
  } catch (error) {
    if (!(error instanceof UpstreamRefused || error instanceof DirectoryDown)) throw error;
    return { step: 'provider', ok: false, said: `${structure.connector.issuer}: ${error.message}` };
  }
}

export function add(terminal: Terminal, file: string): Promise<void> {
  const definitions = definitionsIn(file);
  return withParts(terminal, async ({ storage }) => {
    const results: Record<string, string> = {};
    for (const definition of definitions) results[definition.id] = await saveStructure(storage, definition);
    print(terminal, results);
    const without = Object.keys(results).filter((id) => results[id] === 'secret-missing');
    if (without.length > 0) throw new CommandError(`Without their secret these were not kept: ${without.join(', ')}.`);
  });
}

export const list = (terminal: Terminal) =>
  withParts(terminal, async ({ storage }) => {
    const all = await storage.structures.list();
    const checks = new Map((await storage.structures.checks()).map(({ id, ...rest }) => [id, rest]));
    print(
      terminal,
      all.map(({ id, finess, name, town, assurance, enabled, connector }) => ({
        id,
        finess,
        name,
        town,
        connector: connector.kind,
        assurance,
        enabled,
        ...(connector.kind === 'ldap' ? checks.get(id) : {}),
      })),
    );
  });

export const diagnose = (terminal: Terminal, id: string, { login, json }: { login?: string; json?: boolean }) =>
  withParts(terminal, async (parts) => {
    const structure = await find(parts, id);
    const directories = openDirectories(parts);
    try {
      const findings = isLdap(structure)
        ? await (await directories.of(structure)).diagnose(login)
        : [await askProvider(parts, structure as OidcStructure)];
      print(terminal, json ? findings : findings.map(shown).join('\n'));
      if (findings.some(({ ok }) => !ok)) throw new CommandError('Something is wrong.');
    } finally {
      await directories.close();
    }
  });

export const enable = (terminal: Terminal, id: string) =>
  withParts(terminal, async (parts) => {
    await find(parts, id);
    print(terminal, { enabled: id, changed: await enableStructure(parts.storage, id, true) });
  });

/** Closed first, so that nobody comes in while the sessions end; typed again, it ends what was left. */
export const disable = (terminal: Terminal, id: string) =>
  withLeavers(terminal, id, async ({ storage }, leavers, structure) => {
    const changed = await enableStructure(storage, id, false);
    print(terminal, { disabled: id, changed, signedOut: await leavers.endAll(structure) });
  });

export const exportDefinitions = (terminal: Terminal, id: string | undefined) =>
  withParts(terminal, async (parts) => {
    const all = id === undefined ? await parts.storage.structures.list() : [await find(parts, id)];
    print(terminal, stringify({ structures: all.map(({ enabled, version, ...definition }) => definition) }));
  });

export const signIns = (terminal: Terminal, id: string, { days }: { days: string }) =>
  withParts(terminal, async (parts) => {
    const count = Number(days);
    if (!(count > 0 && count <= 3660)) throw new CommandError('--days is a number from 1 to 3660.');
    await find(parts, id);
    const since = new Date(parts.clock().getTime() - count * 24 * 60 * 60 * 1000);
    for await (const line of structureSignIns(parts.database, parts.vault, id, since))
      print(terminal, JSON.stringify(line));
  });

export const check = (terminal: Terminal, id: string) =>
  withLeavers(terminal, id, async (parts, leavers, structure) => {
    if (!isLdap(structure)) throw new CommandError(`${id} has no directory to look into.`);
    try {
      print(terminal, await checkNow({ ...parts, leavers }, structure));
    } catch (error) {
      if (!(error instanceof DirectoryDown)) throw error;
      throw new CommandError(`Nobody was looked for: the directory does not answer as it should. ${error.message}`);
    }
  });

function withLeavers(
  terminal: Terminal,
  id: string,
  work: (parts: Parts, leavers: Leavers, structure: Structure) => Promise<void>,
): Promise<void> {
  return withParts(terminal, async (parts) => {
    const structure = await find(parts, id);
    const directories = openDirectories(parts);
    const delivery = openQueues(parts);
    try {
      await work(parts, createLeavers({ ...parts, directories, logout: delivery.logout }), structure);
    } finally {
      await delivery.close();
      await directories.close();
    }
  });
}
