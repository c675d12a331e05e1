import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { purge } from '../../adapters/db/purge.ts';
import { hashId } from '../../src/protection/secrets.ts';
import { sampleAccount, sampleSignIn } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const NOW = new Date('2026-11-23T08:00:00.000Z');
const HOUR = 60 * 60 * 1000;
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR);

onEachDatabase('the purge', (ground) => {
  const table = (name: string) => ground().database(name);

  test('what is past its time goes, in batches, and what is not stays', async () => {
    const { storage } = ground();
    const account = sampleAccount();
    await storage.accounts.insert(account);
    const signIn = sampleSignIn(account.id);
    await storage.signIns.insert(signIn);

    const flow = (uid: string, expiresAt: Date) =>
      storage.flows.move({ uid, version: 0, clientId: 'portail', expiresAt }, { stage: 'in-mode', data: {} });
    for (let row = 0; row < 7; row++) await flow(`old-${row}`, ago(1));
    await flow('young', ago(-1));

    const origin = { clientId: 'ror', lang: 'fr' };
    await storage.cardHandovers.insert('old', { ...origin, uid: 'old' }, ago(1));
    await storage.cardHandovers.insert('young', { ...origin, uid: 'young' }, ago(-1));

    const desktop = { accountId: account.id, clientId: 'monsisra', jkt: 'key', name: 'Poste', place: undefined };
    const deviceId = (await storage.desktopDevices.register({ id: randomUUID(), ...desktop }, NOW)).device.id;
    for (const [grantId, expiresAt] of [
      ['desktop-old', ago(31 * 24)],
      ['desktop-young', ago(29 * 24)],
    ] as const) {
      await storage.desktopDevices.openSession(grantId, deviceId, ago(32 * 24), expiresAt);
    }
    for (const expiresAt of [ago(25), ago(23)]) {
      const asked = { clientId: 'logiciel', applicationName: 'Logiciel', required: 'eidas2', counted: 'x' } as const;
      const content = { kind: 'ciba', ...asked, authReqId: 'x', scope: 'openid' } as const;
      await storage.desktopRequests.insert({ id: randomUUID(), content, createdAt: ago(26), expiresAt });
    }
    const content = { email: 'alice.martin@example.org', locale: 'fr' } as const;
    await storage.invitations.insert(randomUUID(), 'old', content, ago(31 * 24));
    await storage.invitations.insert(randomUUID(), 'young', content, ago(29 * 24));
    const stranger = { source: 'national-id', externalId: '899700123450' };
    await storage.signUpDrafts.keep(stranger, { typed: {} }, ago(1));
    await storage.signUpDrafts.keep({ ...stranger, externalId: '899700765434' }, { typed: {} }, ago(-1));
    for (const [jti, expiresAt] of [
      ['old', ago(25)],
      ['young', ago(23)],
    ] as const) {
      expect(await storage.signIns.spendLogoutToken({ provider: 'psc', jti, expiresAt })).toBe(true);
    }

    for (const createdAt of [ago(49), ago(47)]) {
      const id = randomUUID();
      const where = { channel: 'sms', destination: '+33612345678', locale: 'fr' } as const;
      await storage.challenges.insert({ id, accountId: account.id, ...where, flow: 'flow', seed: 'JBSWY3DPEHPK3PXP' });
      await table('challenges').where({ id }).update({ created_at: createdAt });
    }

    for (const createdAt of [ago(31 * 24), ago(29 * 24)]) {
      const said = { who: 'md•••••', from: 'Firefox sur Windows' };
      const params = { ...said, when: 'hier', account: 'https://mire.example.fr/compte' };
      const notice = { template: 'mail-now-here', to: 'alice.martin@example.org', locale: 'fr', params } as const;
      await storage.notices.write({ ...notice, at: createdAt });
    }

    for (const [uid, startedAt] of [
      ['old', ago(31 * 24)],
      ['young', ago(29 * 24)],
    ] as const) {
      await storage.signIns.openSession(uid, signIn, startedAt, {});
      await storage.signIns.bindGrant(
        { grantId: `grant-${uid}`, clientId: 'ror', offline: false, sid: undefined },
        uid,
        signIn,
      );
    }

    for (const [token, at] of [
      ['old', ago(25)],
      ['young', ago(23)],
    ] as const)
      await storage.registrationPolicies.insert(token, {}, 1, at);

    const refused = { endpoint: 'grant', error: 'invalid_grant', description: '', explanation: 'code-used' } as const;
    const nothing = { sent: undefined, registered: undefined, supportCode: undefined };
    for (const at of [ago(15 * 24), ago(13 * 24)])
      await storage.clientErrors.write('ror', { ...refused, ...nothing }, at);

    await table('rate_limits').insert([
      { key: 'old', points: 1, expire: ago(25).getTime() },
      { key: 'young', points: 1, expire: ago(23).getTime() },
      { key: 'for ever', points: 1, expire: null },
    ]);
    await table('structures').insert({ id: 'chu', definition: '{}', search_text: 'chu' });
    const tries = (key: string, last_at: Date) => ({
      structure_id: 'chu',
      key_hash: hashId(key),
      failures: 1,
      last_at,
    });
    await table('structure_tries').insert([tries('old', ago(49)), tries('young', ago(47))]);
    for (const [key, last_at] of [
      ['old', ago(49)],
      ['young', ago(47)],
    ] as const)
      await table('directory_tries').insert({ key_hash: hashId(key), failures: 1, last_at });
    const model = (id: string, expires_at: Date | null) => ({
      model: 'RefreshToken',
      id_hash: hashId(id),
      payload: Buffer.from('sealed'),
      expires_at,
    });
    await table('oidc_models').insert([model('old', ago(25)), model('young', ago(23)), model('for ever', null)]);

    expect(await purge(ground().database, NOW, { batch: 3 })).toEqual({
      flows: 7,
      card_handovers: 1,
      desktop_requests: 1,
      desktop_sessions: 1,
      invitations: 1,
      sign_up_drafts: 1,
      upstream_logouts: 1,
      challenges: 1,
      notices: 1,
      undos: 0,
      passkeys: 0,
      passkey_challenges: 0,
      authenticators: 0,
      help_desk_requests: 0,
      recoveries: 0,
      sessions: 1,
      rate_limits: 1,
      structure_tries: 1,
      directory_tries: 1,
      client_errors: 1,
      client_warnings: 0,
      registration_policies: 1,
      oidc_models: 1,
    });
    const left = {
      flows: 1,
      card_handovers: 1,
      desktop_requests: 1,
      desktop_sessions: 1,
      desktop_devices: 1,
      invitations: 1,
      sign_up_drafts: 1,
      upstream_logouts: 1,
      challenges: 1,
      notices: 1,
      sessions: 1,
      rate_limits: 2,
      structure_tries: 1,
      directory_tries: 1,
      client_errors: 1,
      registration_policies: 1,
      oidc_models: 2,
      session_grants: 1,
    };
    for (const [name, count] of Object.entries(left)) {
      expect([name, await table(name)]).toEqual([name, Array.from({ length: count }, () => expect.anything())]);
    }
    expect(await storage.signIns.session('young')).toBeDefined();
    expect(await storage.signIns.ofGrant('grant-young')).toEqual(signIn);
    expect(Object.values(await purge(ground().database, NOW, { batch: 3 })).filter((count) => count > 0)).toEqual([]);
  });
});
