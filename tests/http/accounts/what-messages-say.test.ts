import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { blockAccount, unblockAccount } from '../../../src/accounts/blocking.ts';
import { atAccount, noticeTo } from '../../support/accounts/account-pages.ts';
import { codeSent, START } from '../../support/accounts/mailbox.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, signInByCode } from '../../support/sign-in/journeys.ts';
import { addStructure, ON_ITS_NETWORK } from '../../support/structures/structures.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';
const HOSPITAL = { 'user-agent': FIREFOX, 'x-forwarded-for': '198.51.100.7' };
const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
const NEW = 'girafe-bitume-melodie-77';

describe('what a message says of who asked for it', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { TRUSTED_PROXIES: '127.0.0.1,::1', TIME_ZONE: 'Indian/Reunion' } });
    await addStructure(mire, ON_ITS_NETWORK);
  });
  afterAll(() => mire.close());

  const account = async (login: string) => {
    const found = (await mire.sandbox.parts.storage.accounts.byLoginKey(login))?.account;
    if (!found) throw new Error(`no ${login}`);
    return found;
  };
  const zoneOf = async (login: string, zoneinfo: string | undefined) =>
    mire.database
      .database('accounts')
      .where({ login })
      .update({ extra_claims: JSON.stringify({ zoneinfo }) });
  const browser = (headers: Record<string, string> = HOSPITAL) => new Browser(mire.issuer, headers);
  const newest = () => mire.sandbox.inbox.list()[0]?.text ?? '';

  test('a code for an application said neither which one, nor from where, nor when', async () => {
    await zoneOf(MDURAND.login, undefined);
    const application = await Application.discover(mire.issuer, 'messagerie');
    await signInByCode(mire, browser(), (await application.start()).url);
    expect(newest()).toMatch(
      /^Voici votre code .*\n\n\d{6}\n\nDemandé le \d+ \S+ \d{4} à \d\d:\d\d \(heure de La Réunion\), pour Messagerie sécurisée, depuis Firefox sur Windows \(réseau : CHU des Trois Vallées, Annecy\)\.\n/,
    );
  });

  test('a new browser was told as “Réseau : 81.2.x.x”', async () => {
    const { email = '' } = await account(MDURAND.login);
    const { text } = await noticeTo(mire, email, /nouveau navigateur/);
    expect(text).toContain('Depuis : Firefox sur Windows (réseau : CHU des Trois Vallées, Annecy).');
    expect(text).not.toMatch(/Réseau :|x\.x|\{/);
    expect(text).toContain(`Voir l’historique de mes connexions :\n${mire.issuer}/compte/historique`);
  });

  test('a code for one’s own account named no application; its hour was not the person’s', async () => {
    await zoneOf(MDURAND.login, 'America/Martinique');
    const { browser: here } = await atAccount(mire, '/compte/coordonnees', {
      browser: browser({ 'user-agent': FIREFOX, 'x-forwarded-for': '203.0.113.9' }),
    });
    await codeSent(mire, () => here.submit({ email: 'nouvelle@hopital.example' }, '/mail'));
    expect(newest()).toMatch(/\(heure de Martinique\), pour Mon compte, depuis Firefox sur Windows\.\n/);
  });

  test('a stranger who asks for somebody’s code writes no word of their own into it', async () => {
    const stranger = browser({ 'user-agent': 'evil.example/1 (appelez le 0899)', 'x-forwarded-for': '203.0.113.10' });
    await stranger.get(`${mire.issuer}${START}`);
    await codeSent(mire, () => stranger.submit({ login: KBENALI.login }));
    expect(newest()).toMatch(/Demandé le .*, depuis un appareil que nous ne reconnaissons pas\.\n/);
    expect(newest()).not.toMatch(/evil|0899|203\.0/);
  });

  test('a changed password did not say of which account, from where, nor by which clock', async () => {
    await zoneOf(KBENALI.login, 'Pacific/Noumea');
    const { email = '' } = await account(KBENALI.login);
    const { browser: here } = await atAccount(mire, '/compte/mot-de-passe', { person: KBENALI, browser: browser() });
    await here.submit({ new_password: NEW, new_password_confirmation: NEW });
    const { text } = await noticeTo(mire, email, /mot de passe a changé/);
    expect(text).toMatch(/changé le .* \(heure de Nouvelle-Calédonie\)\./);
    expect(text).toContain('Compte : kb•••••. Depuis : Firefox sur Windows (réseau : CHU des Trois Vallées, Annecy).');
    expect(text).toMatch(/annulez-le avant le .* \(heure de Nouvelle-Calédonie\)\.\n\nAnnuler ce changement :\nhttp/);
  });

  test('the pages of the account tell the hour by the same clock', async () => {
    await zoneOf(MDURAND.login, 'America/Martinique');
    const { page } = await atAccount(mire, '/compte/historique', { browser: browser() });
    expect(page.page.text).toContain('(heure de Martinique)');
    expect(page.page.text).not.toMatch(/UTC|heure de Paris/);
    expect(page.page.text).toContain('Firefox sur Windows');
  });

  test('the history and the list of devices said “Réseau : 81.2.x.x”; they name the structure, or nothing', async () => {
    const { browser: here } = await atAccount(mire, '/compte', { browser: browser() });
    const elsewhere = { 'user-agent': FIREFOX, 'x-forwarded-for': '203.0.113.9' };
    await atAccount(mire, '/compte', { browser: browser(elsewhere) });
    // As a release wrote them that knew no structure.
    const { id } = await account(MDURAND.login);
    const ofBefore = { client_id: 'ror', mode: 'psc', acr: 'eidas2', amr: ['mfa'], authenticated_at: new Date() };
    for (const place of ['81.2.x.x', 'loopback', '2001:db8::'])
      await mire.database.database('sign_ins').insert({ ...ofBefore, id: randomUUID(), account_id: id, place });
    for (const path of ['/compte/historique', '/compte/appareils']) {
      const { page } = await here.get(`${mire.issuer}${path}`);
      const places = page
        .querySelectorAll('dt')
        .filter((term) => term.text.startsWith('Réseau'))
        .map((term) => term.nextElementSibling?.text);
      expect([path, new Set(places)]).toEqual([path, new Set(['CHU des Trois Vallées, Annecy'])]);
      expect(page.text).not.toMatch(/x\.x|loopback|db8/);
    }
  });

  describe('the help desk', () => {
    const looks = async (login: string) => {
      await mire.sandbox.parts.storage.accounts.setRoles((await account(MDURAND.login)).id, ['helpdesk']);
      const { browser: agent } = await atAccount(mire, '/assistance', { browser: browser() });
      const { id, email = '' } = await account(login);
      expect((await agent.get(`${mire.issuer}/assistance/compte/${id}`)).status).toBe(200);
      return (await noticeTo(mire, email, /assistance a consulté votre compte/)).text;
    };

    test('told where its agent sits, and led nowhere', async () => {
      const text = await looks('cpetit');
      expect(text).toContain('Depuis : l’assistance.');
      expect(text).not.toContain('Firefox');
      expect(text).toContain(`Voir mon compte :\n${mire.issuer}/compte\n`);
    });

    test('sent a suspended person to pages that are closed to them', async () => {
      const { id } = await account(KBENALI.login);
      await blockAccount(mire.sandbox.logout, id, 'test');
      try {
        const text = await looks(KBENALI.login);
        expect(text).toContain('Compte : kb•••••.');
        expect(text).not.toContain('/compte');
      } finally {
        await unblockAccount(mire.sandbox.parts.storage, id);
      }
    });
  });
});
