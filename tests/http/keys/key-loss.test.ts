import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ClientMetadata } from 'oidc-provider';
import { createAuditLines } from '../../../adapters/db/audit-lines.ts';
import { createSealedAudit } from '../../../adapters/db/audit-seals.ts';
import { forgetLost } from '../../../adapters/db/forget-lost.ts';
import { SEALED_COLUMNS } from '../../../adapters/db/sealed-columns.ts';
import { createCheckpointKey } from '../../../src/audit/checkpoint-key.ts';
import { sealLines } from '../../../src/audit/sealing.ts';
import { verifyAudit } from '../../../src/audit/verification.ts';
import type { Additions } from '../../../src/main/http.ts';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { nationalId, presentCard } from '../../support/cards/cards.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { isSignedIn } from '../../support/http/outage.ts';
import { freePort, type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { begin, signedIn } from '../../support/sign-in/steps.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';

/** What docs/operations.md says of each key that is lost: here each one is. */
const key = () => randomBytes(32).toString('base64');
const secrets = testSecrets();
let database: TestDatabase;
let mire: RunningMire;
let port: string;
const start = async (more: Readonly<Record<string, string>> = {}, added: Partial<Additions> = {}) => {
  mire = await startMire({ cards: true, database, added, env: { ...secrets, PORT: port, ...more } });
  return mire;
};
beforeEach(async () => {
  database = await testDatabase();
  port = String(await freePort());
  await start();
});
afterEach(async () => {
  await mire.close();
  await database.stop();
});

async function sealAudit(): Promise<void> {
  const audit = createSealedAudit(database.database);
  while ((await audit.round(sealLines(createCheckpointKey(mire.sandbox.parts.vault)))) !== 0) {
    // Until nothing is left.
  }
}
const verdict = () => verifyAudit(createAuditLines(database.database), createCheckpointKey(mire.sandbox.parts.vault));
const byCard = async () => {
  const { browser, started } = await begin(mire, { browser: new Browser(mire.issuer) });
  return presentCard(mire, browser, started.url, 'cps-infirmiere');
};

test('DATA_KEYS lost: no start without a sentence; once told to forget, people sign in by password and link their card again', async () => {
  await signedIn(mire);
  expect((await byCard()).url.searchParams.get('code')).toBeTruthy();
  await sealAudit();
  await mire.close();
  await expect(start({ DATA_KEYS: `2:${key()}` })).rejects.toThrow(/^DATA_KEYS: no key of version 1/);

  const before = await database.database('accounts').count({ count: '*' });
  const forgotten = await forgetLost(database.database, 1);
  expect(forgotten.find(({ column }) => column === 'signing_keys.private_jwk')?.rows).toBeGreaterThan(2);
  expect(await database.database('accounts').count({ count: '*' })).toEqual(before);
  for (const { table, column } of SEALED_COLUMNS) {
    const rows: Record<string, Buffer>[] = await database.database(table).whereNotNull(column).select(column);
    expect(rows.filter((row) => row[column]?.readUInt16BE(0) === 1)).toEqual([]);
  }

  await start({ DATA_KEYS: `2:${key()}` });
  const { tokens } = await signedIn(mire);
  expect(tokens.claims()).toMatchObject({ acr: 'eidas1' });
  // Nobody is found by card: the page asks whether there is an account already.
  expect((await byCard()).url.pathname).toMatch(/\/signup$/);
  await sealAudit();
  expect(await verdict()).toMatchObject({ ok: true });
});

test('INDEX_KEY lost: people sign in by password, nobody is found by card, and the audit cannot be verified', async () => {
  await signedIn(mire);
  await sealAudit();
  expect(await verdict()).toMatchObject({ ok: true });
  await mire.close();
  await start({ INDEX_KEY: key() });
  expect((await signedIn(mire)).tokens.claims()).toMatchObject({ acr: 'eidas1' });
  expect(await mire.sandbox.parts.storage.accounts.byIdentity('national-id', nationalId('mdurand'))).toBeUndefined();
  expect((await verdict()).defects.map(({ defect }) => defect)).toContain('signature-wrong');
});

test('PAIRWISE_KEY lost: an application with pairwise subjects sees everybody as new, the others nobody', async () => {
  const pairwise = {
    client_id: 'enquete',
    client_secret: 'enquete-sandbox-secret',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    scope: 'openid profile email',
    subject_type: 'pairwise',
    minimum_acr: 'eidas1',
    first_party: true,
  } as ClientMetadata;
  const subjects = async () => {
    const [one, other] = [await signedIn(mire, { client: 'enquete' }), await signedIn(mire)];
    return { pairwise: one.tokens.claims()?.sub, plain: other.tokens.claims()?.sub };
  };
  const added = { clients: [...demoClients(mire.issuer), pairwise] };
  await mire.close();
  await start({}, added);
  const before = await subjects();
  expect(before.pairwise).not.toBe(before.plain);
  await mire.close();
  await start({ PAIRWISE_KEY: key() }, added);
  const after = await subjects();
  expect(after.plain).toBe(before.plain);
  expect(after.pairwise).not.toBe(before.pairwise);
});

test('COOKIE_KEYS lost: everybody signs in again; DPOP_KEY lost: nobody notices', async () => {
  const { browser } = await signedIn(mire);
  expect(await isSignedIn(browser)).toBe(true);
  await mire.close();
  await start({ DPOP_KEY: key() });
  expect(await isSignedIn(browser)).toBe(true);
  await mire.close();
  await start({ COOKIE_KEYS: key() });
  expect(await isSignedIn(browser)).toBe(false);
  expect((await signedIn(mire)).tokens.claims()).toMatchObject({ acr: 'eidas1' });
});
