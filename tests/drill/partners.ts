import { readFileSync } from 'node:fs';
import { NATIONAL_ID } from '../../src/accounts/account.ts';
import { PSC_PEOPLE } from '../../src/sandbox/psc/people.ts';
import { type SimulatedPsc, startSimulatedPsc } from '../../src/sandbox/psc/server.ts';
import type { Storage } from '../../src/storage.ts';
import { saveStructure } from '../../src/structures/saving.ts';
import { structureDefinition } from '../../src/structures/structure.ts';
import { ownDirectory } from '../support/servers/own-server.ts';
import { BASE, type OwnSlapd, ownSlapd } from '../support/servers/own-slapd.ts';
import type { Environment } from '../support/servers/production.ts';
import { tlsAuthority } from '../support/servers/tls-authority.ts';
import { hospital } from '../support/structures/structures.ts';

export const STRUCTURE = 'chu';
/** Those of the simulated Pro Santé Connect who have an account here. */
export const PSC_IDS: readonly string[] = PSC_PEOPLE.slice(0, 4).map(({ nationalId }) => nationalId);

/** What vouches for people from outside: a Pro Santé Connect over TLS, and the directory of a hospital. */
export interface Partners {
  readonly psc: SimulatedPsc;
  readonly directory: OwnSlapd;
  /** The authority of the certificate of Pro Santé Connect. */
  readonly ca: string;
  readonly environment: Environment;
  /** Whom the directory vouches for: number `index` of it opens the account `idOf(index)`. */
  settle(storage: Storage, idOf: (index: number) => string | undefined): Promise<void>;
  stop(): Promise<void>;
}

export const entryOf = (index: number) => ({ uid: `agent${index}`, password: `agent-${index}-2026` });

/** @param people how many the directory knows */
export async function startPartners(issuer: string, people: number): Promise<Partners> {
  const folder = await ownDirectory();
  const { ca, caFile, certFile, keyFile } = tlsAuthority(folder.path, 'psc');
  const certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const [psc, directory] = await Promise.all([
    startSimulatedPsc(0, issuer, folder.path, certificate),
    ownSlapd([], {}, people),
  ]);
  return {
    psc,
    directory,
    ca,
    environment: {
      PSC_ISSUER: psc.issuer,
      PSC_DISCOVERY_URL: psc.discoveryUrl,
      PSC_CLIENT_ID: psc.clientId,
      PSC_CLIENT_SECRET: psc.clientSecret,
      INTERNAL_HOSTS: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: caFile,
    },
    async settle(storage, idOf) {
      await saveStructure(storage, structureDefinition.parse(hospital(directory, { id: STRUCTURE })));
      const { searchEntries } = await directory.administer((client) =>
        client.search(BASE, { filter: '(uid=*)', attributes: ['uid', 'entryUUID'] }),
      );
      await storage.transaction(async (tx) => {
        for (const { uid, entryUUID } of searchEntries) {
          const id = idOf(Number(String(uid).replace('agent', '')));
          if (id) await tx.accounts.linkIdentity(id, `structure:${STRUCTURE}`, String(entryUUID));
        }
      });
    },
    async stop() {
      await Promise.all([psc.close(), directory.remove()]);
      await folder.remove();
    },
  };
}

/** An account of somebody whom Pro Santé Connect knows. */
export const linkToPsc = (storage: Storage, id: string, index: number): Promise<void> =>
  storage.accounts.linkIdentity(id, NATIONAL_ID, PSC_IDS[index] ?? '');
