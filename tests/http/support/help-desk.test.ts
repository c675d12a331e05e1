import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { askToLink } from '../../../src/support/linking.ts';
import { atAccount, noticeTo, undoCodeOf } from '../../support/accounts/account-pages.ts';
import { nationalId } from '../../support/cards/cards.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { messages } from '../../support/sign-in/journeys.ts';
import { auditOf, beginLogin } from '../../support/sign-in/steps.ts';

const ONE = { login: 'mdurand', password: 'Mire-sandbox-2026!' };
const TWO = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
const MAIL = 'cpetit@hopital.example';

describe('the help desk', () => {
  let mire: RunningMire;
  let agent: Browser;
  let second: Browser;
  const idOf = async (login: string) => {
    const found = await mire.sandbox.parts.storage.accounts.byLoginKey(login);
    if (!found) throw new Error(`no ${login}`);
    return found.account.id;
  };
  const storage = () => mire.sandbox.parts.storage;
  const give = async (login: string, roles: readonly string[]) => storage().accounts.setRoles(await idOf(login), roles);
  const record = async (login: string) => `${mire.issuer}/assistance/compte/${await idOf(login)}`;

  beforeAll(async () => {
    mire = await startMire({ cards: true });
    for (const { login } of [ONE, TWO]) await give(login, ['helpdesk']);
    agent = (await atAccount(mire, '/assistance', { person: ONE })).browser;
    second = (await atAccount(mire, '/assistance', { person: TWO })).browser;
  });
  afterAll(() => mire.close());

  const search = async (wanted: string) => {
    await agent.get(`${mire.issuer}/assistance`);
    const page = await agent.submit({ wanted });
    expect(page.url.search).toBe('');
    return page;
  };

  test('is closed to whoever has not the role, and to an agent with one factor', async () => {
    await give('kbenali', []);
    expect((await second.get(`${mire.issuer}/assistance`)).status).toBe(403);
    expect((await second.get(await record('cpetit'))).status).toBe(403);
    expect((await second.post('/assistance', { wanted: 'Durand' })).status).toBe(403);
    await give('kbenali', ['helpdesk']);
    const weak = new Browser(mire.issuer);
    await weak.get(`${mire.issuer}/compte/entrer?retour=/compte&mode=login-mdp`);
    await weak.submit(ONE);
    expect((await weak.get(`${mire.issuer}/assistance`)).url.pathname).toMatch(/^\/interaction\//);
  });

  test('a failed sign-in is told in words from its support code', async () => {
    const { browser } = await beginLogin(mire);
    const refused = await browser.submit({ login: 'cpetit', password: 'wrong' });
    const code = /[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(refused.page.text)?.[0] ?? '';
    const page = await search(code.toLowerCase().replace('-', ''));
    expect(page.page.text).toContain('Identifiant ou mot de passe refusé');
    expect((await search('ZZZZ-ZZZZ')).page.text).toContain('inconnu');
  });

  test('people are found by name or national id, which stand in no address; each look is written down and told', async () => {
    const account = (await storage().accounts.byId(await idOf('cpetit'))) ?? { familyName: '', givenName: '' };
    for (const wanted of [
      account.familyName.toUpperCase(),
      `${account.givenName} ${account.familyName}`,
      nationalId('cpetit'),
    ])
      expect((await search(wanted)).page.text).toContain(account.familyName);
    const page = await agent.get(await record('cpetit'));
    expect(page.status).toBe(200);
    expect(page.body).not.toContain(MAIL);
    expect(page.body).not.toMatch(/argon2|seed/);
    await noticeTo(mire, MAIL, /a consulté votre compte/);
    await agent.get(await record('cpetit'));
    const looks = await auditOf(mire, 'help-desk.looked');
    expect(looks).toHaveLength(2);
    expect(looks[0]?.details).toMatchObject({ by: await idOf('mdurand') });
    expect(mire.sandbox.inbox.all().filter(({ subject }) => /a consulté/.test(subject))).toHaveLength(1);
  });

  test('an agent sees that nothing reaches a phone', async () => {
    const account = await storage().accounts.byId(await idOf('cpetit'));
    if (!account) throw new Error('no cpetit');
    if (!account.phone) await storage().care.setContact(account.id, 'sms', { value: '+33612340099', verified: true });
    const phone = account.phone ?? '+33612340099';
    await storage().lifecycles.phoneRefused(account.id, phone, mire.clock.now());
    expect((await agent.get(await record('cpetit'))).page.text).toContain(
      'Numéro de téléphone refusé par les opérateurs',
    );
    await storage().lifecycles.phoneReached(account.id, phone, new Date(mire.clock.now().getTime() + 1000));
  });

  test('sessions are ended and factors revoked, and the person is told', async () => {
    const id = await idOf('cpetit');
    await storage().recoveryCodes.replace(id, ['ABCDE-FGHJK'], mire.clock.now());
    await agent.get(await record('cpetit'));
    await agent.submit({ action: 'revoke-codes' }, id);
    expect(await storage().recoveryCodes.left(id)).toBe(0);
    await agent.get(await record('cpetit'));
    const done = await agent.post(await record('cpetit'), {
      _csrf: agent.current?.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '',
      action: 'end-sessions',
    });
    expect(done.page.text).toContain('la personne en est prévenue');
    await noticeTo(mire, MAIL, /est intervenue/);
    expect((await auditOf(mire, 'help-desk.acted')).map(({ details }) => details.action)).toEqual([
      'revoke-codes',
      'end-sessions',
    ]);
  });

  test('who reads English was written to in the language of the agent', async () => {
    const row = mire.database.database('accounts').where({ id: await idOf('cpetit') });
    await row.clone().update({ locale: 'en-GB' });
    await agent.get(await record('cpetit'));
    await agent.submit({ action: 'unlock' }, await idOf('cpetit'));
    expect((await noticeTo(mire, MAIL, /Support acted on your account/)).text).toContain('your account was unlocked');
    await row.clone().update({ locale: null });
  });

  test('nobody helps themselves or another agent, and no form gives a role', async () => {
    for (const login of ['mdurand', 'kbenali']) {
      const page = await agent.get(await record(login));
      expect(page.page.querySelector('[name=action]')).toBeNull();
      const csrf = (await agent.get(`${mire.issuer}/assistance`)).page.querySelector('[name=_csrf]');
      const forged = await agent.post(await record(login), {
        _csrf: csrf?.getAttribute('value') ?? '',
        action: 'unlock',
        roles: 'admin',
      });
      expect(forged.status).toBe(403);
    }
    const page = await agent.get(await record('cpetit'));
    const csrf = page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const unknown = await agent.post(await record('cpetit'), { _csrf: csrf, action: 'set-roles', roles: 'helpdesk' });
    expect(unknown.status).toBe(422);
    for (const login of ['mdurand', 'kbenali', 'cpetit'])
      expect((await storage().accounts.byId(await idOf(login)))?.roles).toEqual(login === 'cpetit' ? [] : ['helpdesk']);
  });

  const settle = async (browser: Browser, request: string, decision: string) => {
    const page = await browser.get(`${mire.issuer}/assistance`);
    const csrf = page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    return browser.post('/assistance/demande', { _csrf: csrf, request, decision });
  };

  test('a supervised recovery takes two agents; the mail that they wrote proves nothing before its code; the old one undoes nothing', async () => {
    const id = await idOf('cpetit');
    await storage().undos.insert({
      accountId: id,
      code: 'ABCDE-ABCDE-ABCDE-ABCDE',
      before: { kind: 'password', hash: 'of the intruder' },
      at: mire.clock.now(),
      expiresAt: new Date(mire.clock.now().getTime() + 3_600_000),
    });
    await agent.get(await record('cpetit'));
    const asked = await agent.submit({ email: 'nouvelle@cabinet.example', since: '' });
    expect(asked.page.text).toContain('un autre agent doit valider');
    const request = (await storage().helpDesk.open(mire.clock.now()))[0]?.id ?? '';
    expect((await settle(agent, request, 'approve')).status).toBe(409);
    expect((await storage().accounts.byId(id))?.email).toBe(MAIL);
    const both = await Promise.all([settle(second, request, 'approve'), settle(second, request, 'approve')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const recovered = await storage().accounts.byId(id);
    expect(recovered).toMatchObject({ email: 'nouvelle@cabinet.example', emailVerified: false, phoneVerified: false });
    expect(await storage().care.passwordHash(id)).toBeUndefined();

    const told = await noticeTo(mire, MAIL, /a rendu l’accès/);
    expect(undoCodeOf(told)).toBe('');
    const old = new Browser(mire.issuer);
    await old.get(`${mire.issuer}/compte/annuler`);
    expect((await old.submit({ undo_code: 'ABCDE-ABCDE-ABCDE-ABCDE', not_me: 'yes' })).status).toBe(422);

    await noticeTo(mire, 'nouvelle@cabinet.example', /Retrouver l.accès/);
    const sent = mire.sandbox.inbox.list().length;
    const person = new Browser(mire.issuer);
    await person.get(`${mire.issuer}/mot-de-passe-oublie`);
    await person.submit({ login: 'cpetit' });
    const [message] = await messages(mire, sent + 1);
    expect(message?.to).toBe('nouvelle@cabinet.example');
    expect((await storage().accounts.byId(id))?.emailVerified).toBe(false);
    expect((await person.submit({ code: message?.code ?? '' }, '/code')).url.pathname).toBe(
      '/mot-de-passe-oublie/nouveau',
    );
    expect(await storage().accounts.byId(id)).toMatchObject({ email: 'nouvelle@cabinet.example', emailVerified: true });
  });

  test('a name unlike the account’s is joined by an agent who sees both, and not once the account was taken back', async () => {
    const id = await idOf('cpetit');
    const account = await storage().accounts.byId(id);
    if (!account) throw new Error('no cpetit');
    const identity = { source: 'structure:clinique', externalId: 'agent-77', familyName: 'Roux', givenName: 'Paul' };
    const ask = () => storage().transaction((tx) => askToLink(tx, account, identity, mire.clock.now(), {}));
    await ask();
    await ask();
    const waiting = await storage().helpDesk.open(mire.clock.now());
    expect(waiting.map(({ action }) => action)).toEqual(['link-identity']);
    const page = await second.get(`${mire.issuer}/assistance`);
    expect(page.page.text).toContain('Paul Roux');
    expect(page.page.text).toContain(`${account.givenName} ${account.familyName}`);
    mire.clock.forward(1);
    await mire.sandbox.logout.end({ accountId: id }, 'administrator');
    expect((await settle(second, waiting[0]?.id ?? '', 'approve')).status).toBe(409);
    expect(await storage().accounts.byIdentity(identity.source, identity.externalId)).toBeUndefined();

    mire.clock.forward(1);
    await ask();
    const [again] = await storage().helpDesk.open(mire.clock.now());
    expect((await settle(second, again?.id ?? '', 'approve')).status).toBe(200);
    expect((await storage().accounts.byIdentity(identity.source, identity.externalId))?.id).toBe(id);
    const joined = await noticeTo(mire, 'nouvelle@cabinet.example', /Un nouveau moyen de vous connecter/);
    const owner = new Browser(mire.issuer);
    await owner.get(`${mire.issuer}/compte/annuler`);
    await owner.submit({ undo_code: undoCodeOf(joined) });
    expect(await storage().accounts.byIdentity(identity.source, identity.externalId)).toBeUndefined();
  });
});
