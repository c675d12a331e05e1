import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { downloadCrl } from '../../adapters/card/crl-download.ts';
import { createCrlStore } from '../../adapters/card/crl-store.ts';
import type { Crl } from '../../src/cards/crl.ts';
import { refreshCrls } from '../../src/cards/crl-refresh.ts';
import { createLog } from '../../src/log.ts';
import { makeCrl } from '../../src/sandbox/card-certificates.ts';
import { inDays, makeAuthorities, NOW } from '../support/cards/card-authorities.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.crl`;
}

onEachDatabase('revocation lists', (ground) => {
  const store = () => createCrlStore(ground().database);
  const crl = (change: Partial<Crl> = {}): Crl => ({
    issuer: randomBytes(32).toString('hex'),
    thisUpdate: inDays(-1),
    nextUpdate: inDays(1),
    serials: ['ab12', 'c0ffee'],
    ...change,
  });

  test('a list that is held says which serials are revoked, and until when it holds', async () => {
    const list = crl();
    expect(await store().lookUp(list.issuer, 'ab12')).toBeUndefined();
    expect(await store().byIssuer(list.issuer)).toBeUndefined();
    expect(await store().save(list)).toBe(true);
    expect(await store().lookUp(list.issuer, 'ab12')).toEqual({ nextUpdate: inDays(1), revoked: true });
    expect(await store().lookUp(list.issuer, 'ab13')).toEqual({ nextUpdate: inDays(1), revoked: false });
    expect(await store().byIssuer(list.issuer)).toEqual({ thisUpdate: inDays(-1), nextUpdate: inDays(1) });
  });

  test('a serial on the list of one authority is not revoked for another', async () => {
    const [one, two] = [crl(), crl({ serials: [] })];
    await store().save(one);
    await store().save(two);
    expect(await store().lookUp(two.issuer, 'ab12')).toMatchObject({ revoked: false });
  });

  test('a newer list takes the place of the older one, whole', async () => {
    const list = crl();
    await store().save(list);
    const newer = { ...list, thisUpdate: inDays(0), nextUpdate: inDays(2), serials: ['c0ffee', 'dd'] };
    expect(await store().save(newer)).toBe(true);
    for (const [serial, revoked] of [
      ['ab12', false],
      ['c0ffee', true],
      ['dd', true],
    ] as const)
      expect(await store().lookUp(list.issuer, serial)).toEqual({ nextUpdate: inDays(2), revoked });
  });

  test('an older list, or the same one, never replaces what is held', async () => {
    const list = crl();
    await store().save(list);
    expect(await store().save({ ...list, serials: [] })).toBe(false);
    expect(await store().save({ ...list, thisUpdate: inDays(-2), nextUpdate: inDays(9), serials: [] })).toBe(false);
    expect(await store().lookUp(list.issuer, 'ab12')).toEqual({ nextUpdate: inDays(1), revoked: true });
  });

  test('whatever the order in which workers save, the newest list is the one held', async () => {
    const list = crl();
    const lists = [3, 1, 4, 0, 2].map((day) => ({ ...list, thisUpdate: inDays(day), serials: [`d${day}`] }));
    await Promise.all(lists.map((one) => store().save(one)));
    expect(await store().byIssuer(list.issuer)).toMatchObject({ thisUpdate: inDays(4) });
    for (const day of [0, 1, 2, 3, 4])
      expect(await store().lookUp(list.issuer, `d${day}`)).toMatchObject({ revoked: day === 4 });
  });

  test('from the address to the look-up: a list is fetched, checked and held', async () => {
    const authorities = await makeAuthorities();
    const der = await makeCrl(
      { thisUpdate: inDays(-1), nextUpdate: inDays(1), serials: ['c0ffee'] },
      authorities.persons,
    );
    const address = await serve((_, response) => response.end(der));
    const silent = createLog('silent');
    const parts = { trust: authorities.trust, crls: store(), clock: () => NOW, log: silent, download: downloadCrl };
    expect(await refreshCrls({ ...parts, addresses: [address] })).toEqual({ failed: [] });
    const issuer = authorities.trust.intermediates[0]?.keyId ?? '';
    expect(await store().lookUp(issuer, 'c0ffee')).toEqual({ nextUpdate: inDays(1), revoked: true });
  });
});

describe('fetching a list', () => {
  const LIMITS = { within: 30_000, mostBytes: 1000 };
  const refused = { name: 'UpstreamError' };

  test('the bytes come as they are', async () => {
    const bytes = randomBytes(1000);
    expect(await downloadCrl(await serve((_, response) => response.end(bytes)), LIMITS)).toEqual(bytes);
  });

  test('a list longer than allowed is given up, without waiting for its end', async () => {
    const address = await serve((_, response) => void response.write(randomBytes(1001)));
    await expect(downloadCrl(address, LIMITS)).rejects.toMatchObject(refused);
  });

  test('a server that never ends is given up in time', async () => {
    const address = await serve((_, response) => void response.write('a'));
    await expect(downloadCrl(address, { ...LIMITS, within: 200 })).rejects.toMatchObject(refused);
  });

  test('a redirect is not followed', async () => {
    const asked: string[] = [];
    const address = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(downloadCrl(address, LIMITS)).rejects.toMatchObject(refused);
    expect(asked).toEqual(['/list.crl']);
  });

  test.each([404, 500, 204])('an answer %d is no list', async (status) => {
    const address = await serve((_, response) => response.writeHead(status).end());
    await expect(downloadCrl(address, LIMITS)).rejects.toMatchObject(refused);
  });
});
