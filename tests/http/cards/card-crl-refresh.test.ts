import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCrlRefresh } from '../../../src/main/crl-refreshing.ts';
import { presentCard } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { until } from '../../support/jest/until.ts';
import { freePort, type RunningMire, startMire } from '../../support/mire.ts';

let mire: RunningMire;
let published: Server;
beforeAll(async () => {
  mire = await startMire({ cards: true });
});
afterAll(async () => {
  published?.closeAllConnections();
  published?.close();
  await mire?.close();
});

test('a card is believed once the worker has fetched the revocation lists of the settings', async () => {
  const { parts, cards, settings } = mire.sandbox;
  await mire.database.database('card_crls').delete();
  const signIn = async () => {
    const application = await Application.discover(mire.issuer, 'messagerie');
    const end = await presentCard(mire, new Browser(mire.issuer), (await application.start()).url, 'cps-medecin');
    return end.url.searchParams.has('code');
  };
  expect(await signIn()).toBe(false);

  const lists = await cards.pki.crls();
  const port = await freePort();
  published = createServer(({ url = '' }, response) => response.end(lists[Number(url.slice(1))]));
  await new Promise<void>((resolve) => published.listen(port, '127.0.0.1', resolve));
  const files = {
    CARD_ANCHORS_FILE: join(settings.DATA_DIR, 'anchors.pem'),
    CARD_INTERMEDIATES_FILE: join(settings.DATA_DIR, 'persons.pem'),
  };
  writeFileSync(files.CARD_ANCHORS_FILE, cards.pki.anchors);
  writeFileSync(files.CARD_INTERMEDIATES_FILE, cards.pki.intermediates);
  const CARD_CRL_URLS = lists.map((_, i) => `http://127.0.0.1:${port}/${i}`);
  const refresh = startCrlRefresh({ ...parts, settings: { ...settings, ...files, CARD_CRL_URLS } });
  await until('every list', async () => (await mire.database.database('card_crls')).length >= lists.length);
  await refresh.close(1000);
  expect(await signIn()).toBe(true);
});
