import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Approval, BrowserContent } from '../../src/desktop/request.ts';
import { parallel, sampleAccount, sampleSignIn } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const NOW = new Date('2026-11-24T08:00:00.000Z');
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

onEachDatabase('desktops and their requests', (ground) => {
  const requests = () => ground().storage.desktopRequests;
  const devices = () => ground().storage.desktopDevices;

  async function device({ jkt = randomUUID(), accountId = '' } = {}) {
    const account = sampleAccount(accountId ? { id: accountId } : {});
    if (!accountId) await ground().storage.accounts.insert(account);
    const registration = {
      accountId: account.id,
      clientId: 'monsisra',
      jkt,
      name: 'Poste',
      place: 'CHU fictif, Annecy',
    };
    const { device: made } = await devices().register({ id: randomUUID(), ...registration }, NOW);
    return made;
  }

  async function asked(changes: Partial<BrowserContent> = {}) {
    const id = randomUUID();
    const content: BrowserContent = {
      kind: 'browser',
      uid: `uid-${id}`,
      clientId: 'messagerie',
      applicationName: 'Messagerie',
      required: 'eidas2',
      counted: '192.0.2.7',
      token: `token-${id}`,
      // Not of the id, which stands in the table in clear.
      code: randomUUID().slice(0, 6).toUpperCase(),
      number: 42,
      choices: [17, 42, 86],
      ...changes,
    };
    const made = await requests().insert({ id, content, uid: content.uid, createdAt: NOW, expiresAt: after(90) });
    return { id, content, made };
  }

  const approvalOf = ({ id, accountId }: { id: string; accountId: string }): Approval => ({
    accountId,
    deviceId: id,
    acr: 'eidas2',
    amr: ['swk'],
    at: NOW.toISOString(),
  });

  test('a request comes back as it was written, and nothing of it can be read in the table', async () => {
    const { id, content } = await asked();
    expect(await requests().byId(id)).toMatchObject({ id, content, state: 'waiting', expiresAt: after(90) });
    expect((await requests().find({ token: content.token }, NOW))?.id).toBe(id);
    expect((await requests().find({ code: content.code }, NOW))?.id).toBe(id);
    expect(await requests().find({ token: content.token }, after(90))).toBeUndefined();
    const [row] = await ground().database('desktop_requests').where({ id });
    const text = JSON.stringify(row, (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
    );
    for (const secret of [content.token, content.uid, content.code, content.applicationName, content.counted])
      expect(text).not.toContain(secret);
  });

  test('a code that is taken is not given twice', async () => {
    const first = await asked();
    expect((await asked({ code: first.content.code })).made).toBe(false);
  });

  test('of several devices at once one claims, of several answers one counts, of several browsers one takes', async () => {
    const { id, content } = await asked();
    const owners = await Promise.all([device(), device(), device(), device()]);
    const claims = await parallel(4, (i) => requests().claim(id, owners[i]?.id ?? '', NOW));
    expect(claims.filter(Boolean)).toHaveLength(1);
    const owner = owners[claims.indexOf(true)] ?? (await device());
    expect(await requests().claim(id, owner.id, NOW)).toBe(true);
    const stranger = owners.find((one) => one !== owner) ?? owner;
    expect(await requests().answer(id, stranger.id, 'approved', NOW, approvalOf(stranger))).toBe(false);
    const answers = await parallel(4, (i) =>
      i % 2 === 0
        ? requests().answer(id, owner.id, 'approved', NOW, approvalOf(owner))
        : requests().answer(id, owner.id, 'refused', NOW),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    const again = await asked();
    await requests().claim(again.id, owner.id, NOW);
    await requests().answer(again.id, owner.id, 'approved', NOW, approvalOf(owner));
    expect(await requests().redeem(again.id, content.uid, after(-60))).toBeUndefined();
    expect(await requests().redeem(again.id, again.content.uid, after(1))).toBeUndefined();
    const taken = await parallel(4, () => requests().redeem(again.id, again.content.uid, after(-60)));
    expect(taken.filter(Boolean)).toEqual([approvalOf(owner)]);
  });

  test('what nobody waits for any more is told apart: answered, expired, superseded, unknown', async () => {
    const [waiting, over, superseded] = [await asked(), await asked(), await asked()];
    await requests().supersede(superseded.content.uid, NOW);
    const unknown = randomUUID();
    const { id } = await device();
    await requests().claim(over.id, id, NOW);
    await requests().answer(over.id, id, 'refused', NOW);
    const ids = [waiting.id, over.id, superseded.id, unknown];
    expect((await requests().settled(ids, NOW)).sort()).toEqual([over.id, superseded.id, unknown].sort());
    expect(await requests().settled([waiting.id], after(90))).toEqual([waiting.id]);
  });

  test('one key is one device of a person; revoked, it stays so under any name', async () => {
    const jkt = randomUUID();
    const first = await device({ jkt });
    const second = await device({ jkt, accountId: first.accountId });
    expect(second.id).toBe(first.id);
    expect((await device({ jkt })).id).not.toBe(first.id);
    expect(await devices().rename(first.id, first.accountId, 'Poste de garde')).toBe(true);
    expect((await devices().of(first.accountId)).map(({ name }) => name)).toEqual(['Poste de garde']);
    const revoked = await parallel(3, () => devices().revoke(first.id, first.accountId, NOW));
    expect(revoked.filter(Boolean)).toHaveLength(1);
    expect(await devices().of(first.accountId)).toEqual([]);
    expect((await device({ jkt, accountId: first.accountId })).revokedAt).toEqual(NOW);
  });

  test('a device holds while its session lives; a sign-in it gave is none once it is revoked', async () => {
    const { id, accountId } = await device();
    expect(await devices().hold(id, NOW)).toBe(false);
    await devices().openSession(`grant-${id}`, id, NOW, after(60));
    expect(await devices().hold(id, NOW)).toBe(true);
    expect(await devices().hold(id, after(60))).toBe(false);
    const { signIns } = ground().storage;
    const signIn = sampleSignIn(accountId, { mode: 'monsisra', deviceId: id });
    await signIns.insert(signIn);
    expect(await signIns.byId(signIn.id)).toMatchObject({ deviceId: id });
    await devices().revoke(id, accountId, NOW);
    expect(await devices().hold(id, NOW)).toBe(false);
    expect(await signIns.byId(signIn.id)).toBeUndefined();
  });

  test('a newer session of a device ends the one before, and only that', async () => {
    const [one, other] = [await device(), await device()];
    await devices().openSession('first', one.id, NOW, after(600));
    await devices().openSession('elsewhere', other.id, NOW, after(600));
    await devices().openSession('second', one.id, after(5), after(600));
    expect((await devices().session('first'))?.endedAt).toEqual(after(5));
    expect((await devices().session('second'))?.endedAt).toBeUndefined();
    expect((await devices().session('elsewhere'))?.endedAt).toBeUndefined();
  });
});
