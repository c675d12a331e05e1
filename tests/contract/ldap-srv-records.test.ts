import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDirectory } from '../../adapters/ldap/directory.ts';
import { systemSrv } from '../../adapters/ldap/srv-records.ts';
import type { Directory } from '../../src/structures/directory.ts';
import { type LdapStructure, structureDefinition } from '../../src/structures/structure.ts';
import { describeWith } from '../support/jest/services.ts';
import { type OwnDns, ownDns } from '../support/servers/own-dns.ts';
import { ownDirectory } from '../support/servers/own-server.ts';
import { type OwnSlapd, ownSlapd, READER } from '../support/servers/own-slapd.ts';
import { tlsAuthority } from '../support/servers/tls-authority.ts';
import { partsOf } from '../support/structures/directory-parts.ts';
import { hospital, NURSE } from '../support/structures/structures.ts';

/** The one domain whose only host every machine knows. */
const RECORD = '_ldap._tcp.localhost';

describeWith('slapd', 'a directory whose servers a real DNS server names', () => {
  let slapd: OwnSlapd;
  let other: OwnSlapd;
  let dns: OwnDns;
  const opened: Directory[] = [];
  const open = (connector: object = {}, secret = READER.password) => {
    const definition = structureDefinition.parse(
      hospital(slapd, {}, { servers: ['ldap+srv://localhost'], start_tls: true, ...connector }),
    );
    const resolveSrv = systemSrv([dns.address]);
    const structure = { ...definition, enabled: true, version: 1 } as LdapStructure;
    const directory = openDirectory(structure, { ...partsOf(secret), resolveSrv });
    opened.push(directory);
    return directory;
  };
  const at = ({ ldap }: OwnSlapd, priority: number) => ({
    name: 'localhost',
    port: Number(new URL(ldap).port),
    priority,
    weight: 10,
  });
  beforeAll(async () => {
    slapd = await ownSlapd([NURSE]);
    other = await ownSlapd([{ ...NURSE, given: 'Louise' }]);
    dns = await ownDns();
  });
  afterAll(async () => {
    for (const directory of opened) await directory.close();
    await dns?.stop();
    await slapd?.remove();
    await other?.remove();
  });

  const both = () => `${slapd.certificate.ca}${other.certificate.ca}`;
  const whoAnswers = async (directory: Directory) => (await directory.find(NURSE.uid))?.entry?.givenName;

  test('the lowest priority is asked, the next one when it is down, and DNS once for many', async () => {
    dns.set(RECORD, [at(other, 20), at(slapd, 10)]);
    const directory = open({ ca: both() });
    const before = dns.asked(RECORD);
    for (let time = 0; time < 5; time += 1) expect(await whoAnswers(directory)).toBe('Lucie');
    expect(dns.asked(RECORD)).toBe(before + 1);
    await slapd.server.stop();
    expect(await whoAnswers(directory)).toBe('Louise');
    await slapd.server.start();
  });

  test('a DNS server that falls silent after the first answer is noticed by nobody; before it, it is an outage', async () => {
    dns.set(RECORD, [at(slapd, 10)]);
    const directory = open();
    expect(await whoAnswers(directory)).toBe('Lucie');
    dns.silence(true);
    expect(await whoAnswers(directory)).toBe('Lucie');
    const late = open({ timeout: 1 });
    const since = performance.now();
    await expect(late.find(NURSE.uid)).rejects.toMatchObject({ name: 'DirectoryDown', reason: 'unreachable' });
    expect(performance.now() - since).toBeLessThan(3000);
    dns.silence(false);
    expect(await whoAnswers(late)).toBe('Lucie');
  });

  test('records that name nobody, or somebody outside of the domain, send no password anywhere', async () => {
    for (const records of [undefined, [], [{ ...at(slapd, 10), name: 'annuaire.example' }]]) {
      dns.set(RECORD, records);
      await expect(open().find(NURSE.uid)).rejects.toMatchObject({ reason: 'unreachable' });
    }
  });

  test('the certificate must name the host of the record, though its authority is the pinned one', async () => {
    const folder = await ownDirectory();
    const wrong = tlsAuthority(folder.path, 'wrong', '127.0.0.1', ['DNS:annuaire.example']);
    const heard: Buffer[] = [];
    const server = createServer({ key: readFileSync(wrong.keyFile), cert: readFileSync(wrong.certFile) }, (socket) => {
      socket.on('error', () => undefined).on('data', (bytes: Buffer) => heard.push(bytes));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    dns.set(RECORD, [at(slapd, 10)]);
    const { port } = server.address() as AddressInfo;
    const connector = { servers: [`ldaps+srv://localhost:${port}`], start_tls: false, ca: wrong.ca };
    await expect(open(connector).find(NURSE.uid)).rejects.toMatchObject({ reason: 'untrusted' });
    expect(heard).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
    await folder.remove();
  });

  test('mire structures test says whom the records name', async () => {
    dns.set(RECORD, [at(slapd, 10), { ...at(other, 20), name: 'annuaire.example' }]);
    const said = (await open().diagnose()).filter(({ step }) => step === 'dns');
    expect(said).toEqual([
      { step: 'dns', ok: false, said: expect.stringContaining('annuaire.example, outside of localhost') },
      { step: 'dns', ok: true, said: `${RECORD}: ldap://localhost:${new URL(slapd.ldap).port}` },
    ]);
  });
});
