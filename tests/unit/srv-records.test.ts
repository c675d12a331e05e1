import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createServerList } from '../../adapters/ldap/server-list.ts';
import { inOrder, type ServiceRecord, serversNamed, zoneOf } from '../../adapters/ldap/srv-records.ts';
import { ldapConnector } from '../../src/structures/ldap-connector.ts';
import { type LdapStructure, staysAmongHearers, structureDefinition } from '../../src/structures/structure.ts';

const record = (name: string, more: Partial<ServiceRecord> = {}): ServiceRecord => ({
  name,
  port: 389,
  priority: 0,
  weight: 100,
  ...more,
});
const CA = '-----BEGIN CERTIFICATE-----';
const definition = (servers: readonly string[], more: object = {}) =>
  structureDefinition.parse({
    id: 'chu',
    name: 'CHU',
    connector: { kind: 'ldap', servers, ca: CA, base_dn: 'DC=x', ...more },
  });
const structureOf = (servers: readonly string[]) =>
  ({ ...definition(servers), enabled: true, version: 1 }) as LdapStructure;

describe('the order of RFC 2782', () => {
  const some = fc.array(
    fc.record({ name: fc.string(), port: fc.nat(65_535), priority: fc.nat(3), weight: fc.nat(5) }),
    { maxLength: 12 },
  );

  test('each server stands in it once, a lower priority before a higher one, whatever chance says', () => {
    fc.assert(
      fc.property(some, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (records, chance) => {
        const order = inOrder(records, () => chance);
        expect(order).toHaveLength(records.length);
        expect(new Set(order)).toEqual(new Set(records));
        const priorities = order.map(({ priority }) => priority);
        expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
      }),
    );
  });

  test('among equals weight decides, three times in four for three to one, and 0 has its turn too', () => {
    const records = [record('heavy', { weight: 3 }), record('light', { weight: 1 }), record('last', { weight: 0 })];
    // Every number that may be drawn of 0 to 4, once.
    const first = [0, 1, 2, 3, 4].map((drawn) => inOrder(records, () => drawn / 5 + 0.01)[0]?.name);
    expect(first).toEqual(['last', 'light', 'heavy', 'heavy', 'heavy']);
  });
});

test.each([
  ['chu.example', 'chu.example'],
  ['dc._msdcs.chu.example', 'chu.example'],
  ['paris._sites.dc._msdcs.CHU.example', 'chu.example'],
  ['paris._sites.chu.example', 'chu.example'],
])('the servers of %s are within %s', (domain, zone) => {
  expect(zoneOf(domain)).toBe(zone);
});

test('a record that leads out of the domain is followed nowhere: whoever answers for DNS may hold a certificate of their own', () => {
  const records = [
    'dc1.chu.example',
    'DC2.CHU.EXAMPLE',
    'evil.example',
    'notchu.example',
    '169.254.169.254',
    '.',
    '',
  ].map((name) => record(name));
  expect(serversNamed('ldaps+srv://chu.example', records, () => 0)).toEqual({
    servers: ['ldaps://dc1.chu.example:636', 'ldaps://DC2.CHU.EXAMPLE:636'],
    outside: ['evil.example', 'notchu.example', '169.254.169.254'],
  });
});

test('the port is that of the record with StartTLS, and that of LDAPS else', () => {
  const records = [record('dc1.chu.example', { port: 1389 })];
  expect(serversNamed('ldap+srv://chu.example', records).servers).toEqual(['ldap://dc1.chu.example:1389']);
  expect(serversNamed('ldaps+srv://chu.example:1636', records).servers).toEqual(['ldaps://dc1.chu.example:1636']);
});

test.each([
  ['ldaps+srv://chu.example', {}, true],
  ['ldaps+srv://paris._sites.chu.example', {}, true],
  ['ldaps+srv://chu.example:1636', {}, true],
  ['ldap+srv://chu.example', { start_tls: true }, true],
  ['ldap+srv://chu.example', {}, false],
  ['ldaps+srv://chu.example', { start_tls: true }, false],
  ['ldap+srv://chu.example:389', { start_tls: true }, false],
  ['ldaps+srv://192.0.2.1', {}, false],
  ['ldaps+srv://[2001:db8::1]', {}, false],
  ['ldaps+srv://chu.example/x', {}, false],
  ['ldaps+srv://', {}, false],
  ['ldaps+srv://u@chu.example', {}, false],
  ['http+srv://chu.example', {}, false],
])('%s with %j: %s', (server, more, right) => {
  const parsed = ldapConnector.safeParse({ kind: 'ldap', servers: [server], ca: CA, base_dn: 'DC=x', ...more });
  expect(parsed.success).toBe(right);
});

test('a secret that was given for a host is not sent to whom the records of that name lead', () => {
  const [host, records] = [definition(['ldaps://chu.example']), definition(['ldaps+srv://chu.example'])];
  expect(staysAmongHearers(host, records)).toBe(false);
  expect(staysAmongHearers(records, host)).toBe(false);
  expect(staysAmongHearers(records, records)).toBe(true);
});

describe('looking servers up', () => {
  function dns() {
    const state = { records: [record('dc1.chu.example')] as ServiceRecord[] | undefined, asked: 0, now: 0 };
    const lines: unknown[] = [];
    const list = createServerList(structureOf(['ldaps+srv://chu.example', 'ldaps://secours.chu.example']), {
      resolveSrv: async () => {
        state.asked += 1;
        if (!state.records) throw new Error('queryA ETIMEOUT');
        return state.records;
      },
      log: { warn: (line: unknown) => void lines.push(line) } as never,
      now: () => state.now,
    });
    return { state, lines, ask: () => list(performance.now() + 5000) };
  }

  test('many at once ask DNS once, and again after a minute', async () => {
    const { state, ask } = dns();
    const both = ['ldaps://dc1.chu.example:636', 'ldaps://secours.chu.example'];
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([both, both, both]);
    state.records = [record('dc2.chu.example')];
    expect(await ask()).toEqual(both);
    expect(state.asked).toBe(1);
    state.now = 60_001;
    expect((await ask())[0]).toBe('ldaps://dc2.chu.example:636');
    expect(state.asked).toBe(2);
  });

  test('while DNS is down the servers known last are asked, nobody waits for it at each sign-in, and the log says so', async () => {
    const { state, lines, ask } = dns();
    const before = await ask();
    state.records = undefined;
    state.now = 60_001;
    expect(await ask()).toBe(before);
    expect(await ask()).toBe(before);
    expect([state.asked, lines.length]).toEqual([2, 1]);
    expect(lines[0]).toMatchObject({ record: '_ldap._tcp.chu.example', asked: ['ldaps://dc1.chu.example:636'] });
  });

  test('where nothing was ever known, what is written is asked; with nothing written it is an outage that names DNS', async () => {
    const { state, ask } = dns();
    state.records = undefined;
    expect(await ask()).toEqual(['ldaps://secours.chu.example']);
    const none = createServerList(structureOf(['ldaps+srv://chu.example']), {
      resolveSrv: async () => [],
      log: { warn: () => undefined } as never,
    });
    await expect(none(performance.now() + 1000)).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('_ldap._tcp.chu.example'),
    });
  });
});
