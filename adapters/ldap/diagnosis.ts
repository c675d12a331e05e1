import type { Client } from 'ldapts';
import type { Clock } from '../../src/clock.ts';
import { DirectoryDown, type Finding, type ServiceSecret } from '../../src/structures/directory.ts';
import { isBySrv, isDomain } from '../../src/structures/ldap-connector.ts';
import type { LdapStructure } from '../../src/structures/structure.ts';
import { isAnswer, meaningOf, saidBy } from './answers.ts';
import { serviceRefusal } from './bind-account.ts';
import { type Connection, connect, NotConnected } from './connection.ts';
import { lookAtDomain } from './diagnosis-domain.ts';
import { lookAtPeople } from './diagnosis-people.ts';
import { type ResolveSrv, recordName, serversNamed, zoneOf } from './srv-records.ts';

/** Keeps one thing that was looked at. */
export type Add = (step: Finding['step'], ok: boolean, said: string, server?: string) => void;

/** One server may answer late: `test` waits for each of them. */
const PATIENCE = 5000;

/** What to do about a certificate, by what OpenSSL and Node.js call it. */
const CERTIFICATE_ADVICE: readonly (readonly [RegExp, string])[] = [
  [/ALTNAME/, 'write the server as its certificate names it'],
  [/EXPIRED/, 'it has expired: the structure must renew it'],
  [/./, 'ca_file must hold the authority that issued it, or this very certificate'],
];

const notConnected = ({ message, untrusted }: NotConnected): string =>
  untrusted ? `${message}. ${CERTIFICATE_ADVICE.find(([code]) => code.test(message))?.[1]}` : message;

interface Parts {
  readonly secret: ServiceSecret;
  readonly resolveSrv: ResolveSrv;
  readonly clock: Clock;
}

/** Every server by its address; those of a domain are looked up, and said. */
async function serversOf({ connector }: LdapStructure, resolveSrv: ResolveSrv, add: Add): Promise<string[]> {
  const all: string[] = [];
  for (const server of connector.servers) {
    if (!isBySrv(server)) {
      all.push(server);
      continue;
    }
    const record = recordName(server);
    try {
      const { servers, outside } = serversNamed(server, await resolveSrv(record, PATIENCE));
      for (const name of outside)
        add('dns', false, `${record} names ${name}, outside of ${zoneOf(new URL(server).hostname)}: it is not asked`);
      if (servers.length > 0) add('dns', true, `${record}: ${servers.join(', ')}`);
      else add('dns', false, `${record} names no server`);
      all.push(...servers);
    } catch (error) {
      add('dns', false, `${record}: ${(error as Error).message}`);
    }
  }
  return [...new Set(all)];
}

/** Looks at everything a sign-in needs, server by server, and says what is right and what is wrong. */
export async function diagnose(
  structure: LdapStructure,
  { secret, resolveSrv, clock }: Parts,
  login: string | undefined,
): Promise<Finding[]> {
  const { connector } = structure;
  const findings: Finding[] = [];
  const add: Add = (step, ok, said, server) => findings.push({ step, ok, said, ...(server ? { server } : {}) });
  let looked = false;
  let refused = false;
  for (const server of await serversOf(structure, resolveSrv, add)) {
    let connection: Connection;
    try {
      connection = await connect(server, connector, Math.min(PATIENCE, connector.timeout * 1000));
    } catch (error) {
      if (!(error instanceof NotConnected)) throw error;
      add(error.step, false, notConnected(error), server);
      continue;
    }
    add('tls', true, 'the certificate is the pinned one, or leads to the pinned authority', server);
    try {
      // A password that one server has refused would be one more wrong one at the next.
      const bound: boolean = !refused && (await bind(connection.client, structure, secret, server, add));
      refused = !bound;
      if (bound && !looked) {
        looked = true;
        await lookAtPeople(connection.client, structure, login, add, clock());
        if (isDomain(connector)) await lookAtDomain(connection.client, connector, add, clock());
      }
    } finally {
      connection.close();
    }
  }
  return findings;
}

async function bind(
  client: Client,
  { connector: { bind_dn } }: LdapStructure,
  secret: ServiceSecret,
  server: string,
  add: Add,
): Promise<boolean> {
  if (bind_dn === undefined) {
    add('bind', true, 'none: searches are anonymous', server);
    return true;
  }
  try {
    const password = secret.read();
    if (!password) {
      add('secret', false, 'bind_password is not known', server);
      return false;
    }
    await client.bind(bind_dn, password);
    // Whoever mended the account there looks here whether it is.
    await secret.accept();
    add('bind', true, bind_dn, server);
    return true;
  } catch (error) {
    if (error instanceof DirectoryDown) add('secret', false, error.message, server);
    else {
      const meaning = isAnswer(error) ? meaningOf(error) : 'ill';
      if (meaning !== 'ill' && meaning.password === 'wrong') await secret.refuse(saidBy(error));
      add('bind', false, `${bind_dn}: ${serviceRefusal(meaning, saidBy(error))}`, server);
    }
    return false;
  }
}
