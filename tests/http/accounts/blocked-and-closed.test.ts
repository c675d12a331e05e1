import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { blockAccount, unblockAccount } from '../../../src/accounts/blocking.ts';
import { atAccount, noticeTo, undoCodeOf } from '../../support/accounts/account-pages.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, beginLogin } from '../../support/sign-in/steps.ts';

const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
const NEW = 'girafe-bitume-melodie-77';

describe("one administrator's word outlives the owner's", () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '100' } });
  });
  afterAll(() => mire.close());
  const accounts = () => mire.sandbox.parts.storage.accounts;
  const account = async (login: string) => {
    const found = (await accounts().byLoginKey(login))?.account;
    if (!found) throw new Error(`no ${login}`);
    return found;
  };
  afterEach(async () => {
    for (const { login } of [MDURAND, KBENALI])
      await unblockAccount(mire.sandbox.parts.storage, (await account(login)).id);
  });
  async function undo(code: string) {
    const browser = new Browser(mire.issuer);
    await browser.get(`${mire.issuer}/compte/annuler`);
    return browser.submit({ undo_code: code });
  }
  const signIn = async (person: typeof MDURAND) => (await beginLogin(mire)).browser.submit(person);

  test('closed by its owner, then blocked: the undo code of the closing does not open it', async () => {
    const { id, email = '' } = await account(KBENALI.login);
    const { browser } = await atAccount(mire, '/compte/fermeture', { person: KBENALI });
    await browser.submit({ sure: 'yes' });
    const code = undoCodeOf(await noticeTo(mire, email, /compte est fermé/));
    expect(await blockAccount(mire.sandbox.logout, id, 'test')).toBe(true);

    const answer = await undo(code);
    expect(answer.status).toBe(422);
    expect(answer.page.text).toContain("Ce code d'annulation est inconnu");
    expect((await account(KBENALI.login)).status).toBe('blocked');
    expect((await signIn(KBENALI)).status).toBe(403);
    expect(await auditOf(mire, 'account.change-undone')).toEqual([]);
    // Nor is what the account may do by itself any more what an administrator may.
    for (const by of ['undo', 'owner', 'lifecycle'] as const)
      for (const to of ['active', 'closed'] as const)
        expect([by, to, await accounts().setStatus(id, { by, to, reason: 'test' })]).toEqual([by, to, false]);
  });

  test('a password that was changed back by a code made before the block stays as it was', async () => {
    const { id, email = '' } = await account(MDURAND.login);
    const { browser } = await atAccount(mire, '/compte/mot-de-passe');
    await browser.submit({ new_password: NEW, new_password_confirmation: NEW });
    const code = undoCodeOf(await noticeTo(mire, email, /mot de passe a changé/));
    await blockAccount(mire.sandbox.logout, id, 'test');
    expect((await undo(code)).status).toBe(422);
    await unblockAccount(mire.sandbox.parts.storage, id);
    expect((await undo(code)).status).toBe(422);
    expect((await signIn({ ...MDURAND, password: NEW })).url.searchParams.has('code')).toBe(true);
  });

  test('a change of the owner leaves the undo codes before it: whoever took the account cannot end them so', async () => {
    const { email = '' } = await account(KBENALI.login);
    const { browser } = await atAccount(mire, '/compte/mot-de-passe', { person: KBENALI });
    await browser.submit({ new_password: NEW, new_password_confirmation: NEW });
    const code = undoCodeOf(await noticeTo(mire, email, /mot de passe a changé/));
    await signIn({ ...KBENALI, password: NEW });
    await browser.get('/compte/appareils');
    await browser.submit({}, '/fermer-les-autres');
    expect((await undo(code)).url.pathname).toBe('/compte/annule');
    expect((await signIn(KBENALI)).url.searchParams.has('code')).toBe(true);
  });
});
