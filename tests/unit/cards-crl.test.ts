// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import { beforeAll, expect, test } from '@jest/globals';
import { Extension } from '@peculiar/x509';
import { type CrlFault, readCrl } from '../../src/cards/crl.ts';
import { CRLS, refreshCrl, refreshCrls } from '../../src/cards/crl-refresh.ts';
import { createLog } from '../../src/log.ts';
import { type CrlSketch, makeCrl } from '../../src/sandbox/card-certificates.ts';
import { type Authorities, inDays, makeAuthorities, memoryCrls, NOW } from '../support/cards/card-authorities.ts';

let authorities: Authorities;
let issuer: string;
beforeAll(async () => {
  authorities = await makeAuthorities();
  issuer = authorities.trust.intermediates[0]?.keyId ?? '';
});

const SKETCH: CrlSketch = { thisUpdate: inDays(-1), nextUpdate: inDays(1), serials: ['00ab12', 'c0ffee'] };
const listOf = (sketch: Partial<CrlSketch> = {}, from = authorities) => makeCrl({ ...SKETCH, ...sketch }, from.persons);

test('a list says who issued it, until when it holds, and the serials it revokes', async () => {
  expect(await readCrl(await listOf(), authorities.trust, NOW)).toEqual({
    issuer,
    thisUpdate: inDays(-1),
    nextUpdate: inDays(1),
    serials: ['ab12', 'c0ffee'],
  });
});

test('a list without any serial is a list', async () => {
  expect(await readCrl(await listOf({ serials: [] }), authorities.trust, NOW)).toMatchObject({ serials: [] });
});

const extension = (oid: string, critical = false) => new Extension(oid, critical, Buffer.from('020101', 'hex'));
const refused: [CrlFault, string, () => Promise<Uint8Array>][] = [
  ['unreadable', 'text', async () => Buffer.from('<html>maintenance</html>')],
  ['unreadable', 'nothing', async () => new Uint8Array()],
  ['unreadable', 'a list that is cut', async () => (await listOf()).subarray(0, 100)],
  ['unreadable', 'a certificate', async () => authorities.trust.anchors[0]?.openssl.raw ?? new Uint8Array()],
  ['signature', 'a list changed by one bit', async () => spoilt(await listOf())],
  [
    'signature',
    'a list of authorities with the same names and other keys',
    async () => listOf({}, await makeAuthorities()),
  ],
  ['partial', 'a delta', () => listOf({ extensions: [extension('2.5.29.27', true)] })],
  ['partial', 'the list of one distribution point', () => listOf({ extensions: [extension('2.5.29.28')] })],
  [
    'partial',
    'a list with a critical extension nobody understands',
    () => listOf({ extensions: [extension('1.2.3', true)] }),
  ],
  ['not-yet-valid', 'a list of tomorrow', () => listOf({ thisUpdate: inDays(1), nextUpdate: inDays(2) })],
  [
    'no-next-update',
    'a list without an end',
    () => makeCrl({ thisUpdate: inDays(-1), serials: [] }, authorities.persons),
  ],
];
test.each(refused)('%s: %s', async (fault, _, list) => {
  await expect(readCrl(await list(), authorities.trust, NOW)).rejects.toMatchObject({ name: 'CrlRefused', fault });
});

test('unknown-issuer: a list of somebody the store does not know', async () => {
  const stranger = { ...authorities.persons, name: [{ CN: [{ utf8String: 'AC INCONNUE' }] }] };
  await expect(readCrl(await makeCrl(SKETCH, stranger), authorities.trust, NOW)).rejects.toMatchObject({
    fault: 'unknown-issuer',
  });
});

test('unknown-issuer: a list of an authority that may sign certificates, not lists', async () => {
  const { trust } = authorities;
  const without = trust.intermediates.map((one) => ({ ...one, keyUsage: ['keyCertSign'] as const }));
  await expect(readCrl(await listOf(), { ...trust, intermediates: without }, NOW)).rejects.toMatchObject({
    fault: 'unknown-issuer',
  });
});

/** Somewhere in the serials. */
function spoilt(list: Uint8Array): Uint8Array {
  const bytes = Buffer.from(list);
  const at = bytes.indexOf(Buffer.from('c0ffee', 'hex'));
  expect(at).toBeGreaterThan(0);
  bytes[at + 2] = 0xef;
  return bytes;
}

const A = 'http://igc.example.org/a.crl';
const B = 'http://igc.example.org/b.crl';

async function refreshWith(answers: Record<string, () => Promise<Uint8Array>>) {
  const lines: { level: number; address?: string; msg: string }[] = [];
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const crls = memoryCrls();
  const asked: string[] = [];
  const download = (address: string) => {
    asked.push(address);
    return answers[address]?.() ?? Promise.reject(new Error('nobody there'));
  };
  const parts = { addresses: [A, B], download, trust: authorities.trust, crls, clock: () => NOW, log };
  return { parts, crls, lines, asked };
}

test('one address that fails keeps no other from being refreshed, and is logged', async () => {
  const { parts, crls, lines } = await refreshWith({ [B]: () => listOf() });
  expect(await refreshCrls(parts)).toEqual({ failed: [A] });
  expect(await crls.lookUp(issuer, 'c0ffee')).toMatchObject({ revoked: true });
  expect(lines).toContainEqual(expect.objectContaining({ level: 50, address: A }));
});

test('a list that cannot be believed leaves the one that is held', async () => {
  const { parts, crls } = await refreshWith({
    [A]: () => listOf(),
    [B]: async () => spoilt(await listOf({ thisUpdate: NOW })),
  });
  expect(await refreshCrls(parts)).toEqual({ failed: [B] });
  expect(await crls.byIssuer(issuer)).toMatchObject({ thisUpdate: inDays(-1) });
});

test('a list past its date is kept, since it revokes, and is complained of', async () => {
  const { parts, crls, lines } = await refreshWith({
    [A]: () => listOf({ thisUpdate: inDays(-9), nextUpdate: inDays(-2) }),
  });
  await refreshCrl(parts, A);
  expect(await crls.lookUp(issuer, 'c0ffee')).toMatchObject({ revoked: true });
  expect(lines).toContainEqual(expect.objectContaining({ level: 40, address: A }));
});

test('a job calls no address that the settings do not name, and says when a list cannot be had', async () => {
  const { parts, asked } = await refreshWith({});
  await refreshCrl(parts, 'http://169.254.169.254/latest');
  expect(asked).toEqual([]);
  await expect(refreshCrl(parts, A)).rejects.toThrow('nobody there');
});

test('two rounds for one address are one job, whose name BullMQ accepts', () => {
  expect(CRLS.id({ address: A })).toBe(CRLS.id({ address: A }));
  expect(CRLS.id({ address: A })).not.toBe(CRLS.id({ address: B }));
  expect(CRLS.id({ address: A })).not.toContain(':');
});
