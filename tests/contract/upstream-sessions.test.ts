import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parallel, sampleAccount, sampleSignIn } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const AT = new Date('2026-11-23T09:00:00.000Z');

onEachDatabase('sessions that another provider vouched for', (ground) => {
  const signIns = () => ground().storage.signIns;

  async function signedIn(subject: string, sid: string, provider = 'psc') {
    const account = sampleAccount();
    await ground().storage.accounts.insert(account);
    const signIn = sampleSignIn(account.id, {
      upstream: { provider, subject, sid, claims: { SubjectNameID: subject } },
    });
    await signIns().insert(signIn);
    const uid = randomUUID();
    await signIns().openSession(uid, signIn, AT, {});
    return { uid, signIn, subject, sid, isLive: async () => !(await signIns().session(uid))?.endedAt };
  }
  const end = (upstream: { provider?: string; sid?: string; subject?: string }) =>
    signIns().endSessions(
      { upstream: { provider: 'psc', sid: undefined, subject: undefined, ...upstream } },
      'upstream',
      AT,
    );
  const name = () => randomUUID();

  test('by its own name for the session: that one ends and no other', async () => {
    const subject = name();
    const [one, other] = [await signedIn(subject, name()), await signedIn(subject, name())];
    expect((await end({ sid: one.sid })).ended).toBe(1);
    expect([await one.isLive(), await other.isLive()]).toEqual([false, true]);
    expect((await end({ sid: one.sid })).ended).toBe(0);
  });

  test('by its name for the person: every session of theirs ends', async () => {
    const subject = name();
    const [one, two, stranger] = [
      await signedIn(subject, name()),
      await signedIn(subject, name()),
      await signedIn(name(), name()),
    ];
    expect((await end({ subject })).ended).toBe(2);
    expect([await one.isLive(), await two.isLive(), await stranger.isLive()]).toEqual([false, false, true]);
  });

  test('by both: both must be those of the session; by neither: none ends', async () => {
    const session = await signedIn(name(), name());
    expect((await end({ sid: session.sid, subject: name() })).ended).toBe(0);
    expect((await end({})).ended).toBe(0);
    expect((await end({ sid: session.sid, subject: session.subject })).ended).toBe(1);
  });

  test('the same names from another provider end nothing', async () => {
    const session = await signedIn(name(), name(), 'structure:1');
    expect((await end({ sid: session.sid, subject: session.subject })).ended).toBe(0);
    expect((await end({ provider: 'structure:1', sid: session.sid })).ended).toBe(1);
  });

  test('the names stand in no column in clear', async () => {
    const { signIn, subject, sid } = await signedIn('f:uuid:899700000013', name());
    const row = JSON.stringify(
      await ground()
        .database('sign_ins')
        .where({ id: signIn.id })
        .then(([found]) =>
          Object.values(found as object).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : value)),
        ),
    );
    expect(row).not.toContain('899700000013');
    expect(row).not.toContain(sid);
    expect(await signIns().byId(signIn.id)).toMatchObject({ upstream: { subject, sid } });
  });

  test('a logout token is used once, also by eight at once', async () => {
    const token = { provider: 'psc', jti: name(), expiresAt: AT };
    const taken = await parallel(8, () => signIns().spendLogoutToken(token));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await signIns().spendLogoutToken({ ...token, provider: 'structure:1' })).toBe(true);
  });
});
