import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { hashId } from '../../src/protection/secrets.ts';
import { SessionEnded } from '../../src/provider/sign-ins.ts';
import { parallel, sampleAccount, sampleSignIn } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const NOW = new Date('2026-11-23T08:00:00.000Z');
const LATER = new Date('2026-11-23T08:10:00.000Z');
const OFFLINE = { offline: true };

onEachDatabase('sign-ins, sessions and grants', (ground) => {
  const signIns = () => ground().storage.signIns;

  async function person(place?: string) {
    const account = sampleAccount();
    await ground().storage.accounts.insert(account);
    const signIn = sampleSignIn(account.id);
    await signIns().insert({ ...signIn, place });
    return { accountId: account.id, signIn };
  }
  async function signedIn({ place, ...from }: { place?: string; userAgent?: string } = {}) {
    const { accountId, signIn } = await person(place);
    const uid = randomUUID();
    await signIns().openSession(uid, signIn, NOW, from);
    return { accountId, signIn, uid };
  }
  async function bind(session: Awaited<ReturnType<typeof signedIn>>, clientId: string, { offline = false } = {}) {
    const grantId = randomUUID();
    await signIns().bindGrant({ grantId, clientId, offline, sid: `sid of ${clientId}` }, session.uid, session.signIn);
    const rows = [
      { model: 'Grant', id_hash: hashId(grantId), payload: Buffer.from('sealed') },
      {
        model: 'RefreshToken',
        id_hash: hashId(randomUUID()),
        grant_hash: hashId(grantId),
        payload: Buffer.from('sealed'),
      },
    ];
    await ground().database('oidc_models').insert(rows);
    return grantId;
  }
  async function stored(grantId: string): Promise<string[]> {
    const { rows } = await ground().database.raw(
      'select model from oidc_models where id_hash = ? or grant_hash = ? order by model',
      [hashId(grantId), hashId(grantId)],
    );
    return rows.map((row: { model: string }) => row.model);
  }

  test('a sign-in comes back as it was written', async () => {
    const { accountId, signIn } = await person();
    expect(await signIns().byId(signIn.id)).toEqual(signIn);
    const card = sampleSignIn(accountId, { mode: 'cps', acr: 'eidas3', amr: ['sc', 'pin'], passwordAt: undefined });
    await signIns().insert(card);
    expect(await signIns().byId(card.id)).toEqual(card);
    expect(await signIns().byId(randomUUID())).toBeUndefined();
  });

  test('a session is opened, and found by its uid with the sign-in behind it', async () => {
    const { accountId, signIn, uid } = await signedIn({ userAgent: 'Firefox', place: 'Lyon' });
    expect(await signIns().session(uid)).toEqual({ accountId, startedAt: NOW, endedAt: undefined, signIn });
    expect(await signIns().sessionsOf(accountId)).toEqual([
      { uidHash: hashId(uid), startedAt: NOW, userAgent: 'Firefox', place: 'Lyon', signIn, clientIds: [] },
    ]);
    expect(await signIns().session(randomUUID())).toBeUndefined();
  });

  test('a stronger sign-in raises the session, and what is known of the browser stays', async () => {
    const { accountId, uid } = await signedIn({ userAgent: 'Firefox' });
    const stronger = sampleSignIn(accountId, { mode: 'code-ephemere', acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] });
    await signIns().insert(stronger);
    await signIns().openSession(uid, stronger, LATER, {});
    expect(await signIns().session(uid)).toMatchObject({ startedAt: LATER, signIn: stronger });
    expect((await signIns().sessionsOf(accountId))[0]).toMatchObject({ userAgent: 'Firefox' });
  });

  test('an ended session is not revived, and takes no grant', async () => {
    const { accountId, signIn, uid } = await signedIn();
    await signIns().endSessions({ uid }, 'logout', LATER);
    await expect(signIns().openSession(uid, signIn, LATER, {})).rejects.toThrow(SessionEnded);
    const grant = { grantId: randomUUID(), clientId: 'ror', offline: false, sid: undefined };
    await expect(signIns().bindGrant(grant, uid, signIn)).rejects.toThrow(SessionEnded);
    expect(await signIns().session(uid)).toMatchObject({ endedAt: LATER });
    expect(await signIns().sessionsOf(accountId)).toEqual([]);
    expect(await signIns().ofGrant(grant.grantId)).toBeUndefined();
  });

  test('no grant is bound to a session of somebody else, or to one that never was', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()];
    const grant = { grantId: randomUUID(), clientId: 'ror', offline: false, sid: undefined };
    await expect(signIns().bindGrant(grant, theirs.uid, mine.signIn)).rejects.toThrow(SessionEnded);
    await expect(signIns().bindGrant(grant, randomUUID(), mine.signIn)).rejects.toThrow(SessionEnded);
  });

  test('a grant tells the sign-in it was given in', async () => {
    const session = await signedIn();
    const grantId = await bind(session, 'ror');
    expect(await signIns().ofGrant(grantId)).toEqual(session.signIn);
    expect(await signIns().ofGrant(randomUUID())).toBeUndefined();
  });

  test('the end of a session deletes its grants and their refresh tokens, but not those with offline_access', async () => {
    const session = await signedIn();
    const other = await signedIn();
    const [gone, kept, untouched] = [
      await bind(session, 'ror'),
      await bind(session, 'messagerie', OFFLINE),
      await bind(other, 'portail'),
    ];
    expect(await signIns().endSessions({ uid: session.uid }, 'logout', LATER)).toEqual({
      ended: 1,
      clients: ['messagerie', 'ror'].map((clientId) => ({
        clientId,
        accountId: session.accountId,
        sid: `sid of ${clientId}`,
      })),
    });
    expect(await stored(gone)).toEqual([]);
    expect(await signIns().ofGrant(gone)).toBeUndefined();
    expect(await stored(kept)).toEqual(['Grant', 'RefreshToken']);
    expect(await signIns().ofGrant(kept)).toEqual(session.signIn);
    expect(await stored(untouched)).toEqual(['Grant', 'RefreshToken']);
    expect(await signIns().session(other.uid)).toMatchObject({ endedAt: undefined });
    expect(await signIns().endSessions({ uid: session.uid }, 'logout', LATER)).toEqual({ ended: 0, clients: [] });
  });

  test('ending a whole account takes every grant, also the offline ones of sessions that had ended before', async () => {
    const session = await signedIn();
    const stranger = await signedIn();
    const offline = await bind(session, 'messagerie', OFFLINE);
    const theirs = await bind(stranger, 'messagerie', OFFLINE);
    await signIns().endSessions({ uid: session.uid }, 'logout', LATER);
    const second = randomUUID();
    await signIns().openSession(second, session.signIn, LATER, {});
    const clients = await signIns().endSessions({ accountId: session.accountId }, 'blocked', LATER, true);
    expect(clients).toMatchObject({ ended: 1, clients: [{ clientId: 'messagerie' }] });
    expect(await stored(offline)).toEqual([]);
    expect(await signIns().session(second)).toMatchObject({ endedAt: LATER });
    expect(await stored(theirs)).toEqual(['Grant', 'RefreshToken']);
  });

  test('what is upheld is the sign-in of one session and of the grants given in it, or of lasting grants', async () => {
    const [mine, other] = [await signedIn(), randomUUID()];
    const { accountId } = mine;
    await bind(mine, 'ror');
    const stronger = sampleSignIn(accountId);
    await signIns().insert(stronger);
    await signIns().openSession(mine.uid, stronger, NOW, {});
    const [elsewhere, lasting] = [sampleSignIn(accountId), sampleSignIn(accountId)];
    for (const signIn of [elsewhere, lasting]) await signIns().insert(signIn);
    await signIns().openSession(other, elsewhere, NOW, {});
    await bind({ accountId, uid: other, signIn: lasting }, 'messagerie', OFFLINE);
    const upheld = async () =>
      Promise.all(
        [mine.signIn, stronger, elsewhere, lasting].map(async ({ id }) => (await signIns().byId(id))?.provedAt),
      );
    await signIns().uphold({ accountId, session: mine.uid, offline: false }, LATER);
    expect(await upheld()).toEqual([LATER, LATER, undefined, undefined]);
    await signIns().uphold({ accountId, offline: true }, LATER);
    expect(await upheld()).toEqual([LATER, LATER, undefined, LATER]);
  });

  test('one session of a list is ended by its owner alone', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()];
    const which = (accountId: string) => ({ uidHash: hashId(mine.uid), accountId });
    await signIns().endSessions(which(theirs.accountId), 'account page', LATER);
    expect(await signIns().session(mine.uid)).toMatchObject({ endedAt: undefined });
    await signIns().endSessions(which(mine.accountId), 'account page', LATER);
    expect(await signIns().session(mine.uid)).toMatchObject({ endedAt: LATER });
  });

  test('of 20 parallel ends, one tells the applications', async () => {
    const session = await signedIn();
    await bind(session, 'ror');
    const results = await parallel(20, () => signIns().endSessions({ uid: session.uid }, 'logout', LATER));
    expect(results.filter(({ ended }) => ended > 0)).toMatchObject([{ ended: 1, clients: [{ clientId: 'ror' }] }]);
  });

  test('a grant bound while the session ends is refused or deleted: none survives', async () => {
    for (let round = 0; round < 10; round++) {
      const session = await signedIn();
      const grants = parallel(4, () => {
        const grantId = randomUUID();
        return signIns()
          .bindGrant({ grantId, clientId: 'ror', offline: false, sid: undefined }, session.uid, session.signIn)
          .then(
            () => grantId,
            (error: unknown) => {
              expect(error).toBeInstanceOf(SessionEnded);
              return grantId;
            },
          );
      });
      const [ids] = await Promise.all([grants, signIns().endSessions({ uid: session.uid }, 'logout', LATER)]);
      for (const id of ids) expect(await signIns().ofGrant(id)).toBeUndefined();
    }
  });

  test('a logout waits for a binding in hand, and deletes its grant', async () => {
    const session = await signedIn();
    const grantId = randomUUID();
    const ended: { clients?: Promise<unknown> } = {};
    await ground().storage.transaction(async (storage) => {
      await storage.signIns.bindGrant(
        { grantId, clientId: 'ror', offline: false, sid: undefined },
        session.uid,
        session.signIn,
      );
      ended.clients = signIns().endSessions({ uid: session.uid }, 'logout', LATER);
      // Round trips enough for the other connection to reach the row and wait for it.
      for (let turn = 0; turn < 20; turn++) await storage.signIns.byId(session.signIn.id);
    });
    expect(await ended.clients).toMatchObject({ ended: 1, clients: [{ clientId: 'ror' }] });
    expect(await signIns().ofGrant(grantId)).toBeUndefined();
  });
});
