import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { atAccount } from '../../support/accounts/account-pages.ts';
import { askDesktop, goOn, refusal, signedInDesktop } from '../../support/desktop/desktops.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { auditOf, beginLogin, signedIn } from '../../support/sign-in/steps.ts';

const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };

describe('"Ce n\'était pas moi"', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '100' } });
  });
  afterAll(() => mire.close());

  const accountOf = async (login: string) =>
    (await mire.sandbox.parts.storage.accounts.byLoginKey(login))?.account.id ?? '';
  /** The newest sign-in of somebody by one mode. */
  const signInBy = async (login: string, mode: string): Promise<string> => {
    const history = await mire.sandbox.parts.storage.care.history(await accountOf(login), 50);
    return history.find((one) => one.mode === mode)?.id ?? '';
  };
  const silent = async ({
    application,
    browser,
  }: Pick<Awaited<ReturnType<typeof signedIn>>, 'application' | 'browser'>) => {
    const { url } = await application.start({ prompt: 'none' });
    return (await browser.get(url)).url.searchParams.get('error') ?? 'signed in';
  };

  test('on a sign-in by MonSisra: its desktop is revoked, its door closes, and only this session stays', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id } = await desktop.openRequest({ request: asked.request });
    await desktop.approve(id, asked.number);
    await asked.started.finish((await goOn(asked)).url);
    expect(await silent(asked)).toBe('signed in');
    const { browser } = await atAccount(mire, '/compte/historique');
    const signIn = await signInBy('mdurand', 'monsisra');
    const question = await browser.get(`/compte/historique/pas-moi?connexion=${signIn}`);
    expect(question.page.text).toContain('Le poste qui a ouvert cette connexion sera retiré');
    const { device } = await desktop.session();

    const done = await browser.submit({ id: signIn });
    expect([done.status, done.url.pathname]).toEqual([200, '/compte/historique']);
    expect(await refusal(desktop.session())).toBe('desktop-token');
    expect(await silent(asked)).toBe('login_required');
    expect((await browser.get('/compte')).url.pathname).toBe('/compte');
    const accountId = await accountOf('mdurand');
    const { storage } = mire.sandbox.parts;
    expect(await storage.desktopDevices.of(accountId)).toEqual([]);
    expect((await storage.care.closedDoors(accountId)).map(({ mode }) => mode)).toEqual(['monsisra']);
    expect((await auditOf(mire, 'device.revoked')).map(({ details }) => details)).toEqual([{ device: device.id }]);
    expect(await auditOf(mire, 'account.sign-in-disowned')).toHaveLength(1);
  });

  test('on a sign-in by password: the password opens nothing, and only this session stays', async () => {
    const other = await signedIn(mire, { person: KBENALI });
    const { browser } = await atAccount(mire, '/compte/historique', { person: KBENALI });
    const signIn = await signInBy('kbenali', 'login-mdp');
    await browser.get(`/compte/historique/pas-moi?connexion=${signIn}`);
    await browser.submit({ id: signIn });
    expect(await silent(other)).toBe('login_required');
    expect((await browser.get('/compte')).url.pathname).toBe('/compte');
    const again = await beginLogin(mire);
    expect((await again.browser.submit(KBENALI)).status).toBe(401);
  });

  test('on somebody else’s sign-in, or on the one that asks: nothing closes', async () => {
    const { browser } = await atAccount(mire, '/compte/historique');
    const mine = await signInBy('mdurand', 'code-ephemere');
    const before = await auditOf(mire, 'account.sign-in-disowned');
    for (const id of [await signInBy('kbenali', 'code-ephemere'), mine])
      expect((await browser.get(`/compte/historique/pas-moi?connexion=${id}`)).status).toBe(404);
    expect(await auditOf(mire, 'account.sign-in-disowned')).toEqual(before);
  });
});
