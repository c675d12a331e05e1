import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { newUndoCode, readUndoCode } from '../../src/accounts/undo.ts';
import { parallel, sampleAccount, sampleSignIn } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const NOW = new Date('2026-11-23T08:00:00.000Z');
const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

onEachDatabase('what people change of their own account', (ground) => {
  const storage = () => ground().storage;
  const mail = () => `${randomUUID()}@example.org`;
  async function person() {
    const account = sampleAccount({ email: mail(), emailVerified: true, phone: '+33612345678' });
    await storage().accounts.insert(account);
    return account;
  }

  test('of changes that replace the same value at once exactly one is made', async () => {
    for (const channel of ['mail', 'sms'] as const) {
      const account = await person();
      const stood = channel === 'mail' ? account.email : account.phone;
      const outcomes = await parallel(5, (index) =>
        storage().care.setContact(
          account.id,
          channel,
          { value: channel === 'mail' ? mail() : `+3361234567${index}`, verified: true },
          { value: stood },
        ),
      );
      expect(outcomes.filter((one) => one === 'done')).toHaveLength(1);
      expect(outcomes.filter((one) => one === 'overtaken')).toHaveLength(4);
    }
  });

  test('an address is one person’s, however it is spelled, and whether it is a mail or a login there', async () => {
    const [one, other] = [await person(), await person()];
    const { setContact } = storage().care;
    const to = (value: string | undefined) => ({ value, verified: true });
    expect(await setContact(one.id, 'mail', to(other.email?.toUpperCase()))).toBe('taken');
    const third = sampleAccount({ login: mail() });
    await storage().accounts.insert(third);
    expect(await setContact(one.id, 'mail', to(third.login))).toBe('taken');
    const wanted = mail();
    const race = await parallel(4, async (index) =>
      setContact(index % 2 ? one.id : other.id, 'mail', to(wanted)).catch(() => 'failed'),
    );
    const owners = await ground().database('accounts').where({ email_key: wanted });
    expect(owners).toHaveLength(1);
    expect(race).toContain('done');
  });

  test('an undo opens once, until its hour, however its code is typed, and makes later ones moot', async () => {
    const { id: accountId } = await person();
    const undos = storage().undos;
    const [first, second, other, elsewhere] = [newUndoCode(), newUndoCode(), newUndoCode(), newUndoCode()];
    const common = { accountId, expiresAt: later(72) };
    const before = { kind: 'mail', value: 'a@example.org', verified: true } as const;
    await undos.insert({ ...common, code: first, before, at: NOW });
    await undos.insert({ ...common, code: second, before: { ...before, value: 'b@example.org' }, at: later(1) });
    const codes = { kind: 'recovery-codes' } as const;
    await undos.insert({ ...common, code: other, before: codes, at: later(1), sentTo: 'A@example.org' });
    await undos.insert({ ...common, code: elsewhere, before: codes, at: later(1), sentTo: 'b@example.org' });
    const undo = await undos.find(readUndoCode(first).toLowerCase(), later(71));
    expect(undo).toMatchObject({ accountId, before });
    expect(await undos.find(first, later(72))).toBeUndefined();
    if (!undo) throw new Error('no undo');
    const used = await parallel(4, () => undos.use(undo, later(2)));
    expect(used.filter(Boolean)).toHaveLength(1);
    expect(await undos.find(second, later(2))).toBeUndefined();
    // What lies in the mailbox that was put back stays good; what lies in the other one does not.
    expect(await undos.find(other, later(2))).toBeDefined();
    expect(await undos.find(elsewhere, later(2))).toBeUndefined();
    const { rows } = await ground().database.raw(
      "select string_agg(encode(before, 'escape') || encode(code_hash, 'escape'), '') as text from undos",
    );
    expect(rows[0].text).not.toMatch(/example|mail/);
    expect(rows[0].text).not.toContain(first);
  });

  test('who wishes it is told of each sign-in', async () => {
    const { id } = await person();
    const { preferences } = storage();
    expect(await preferences.tellsEach(id)).toBe(false);
    await preferences.setTellsEach(id, true);
    expect(await preferences.tellsEach(id)).toBe(true);
  });

  test('the history, the newest first, says from where', async () => {
    const { id } = await person();
    const from = { place: 'CHU fictif, Annecy', userAgent: 'TestBrowser/1' };
    await storage().signIns.insert({ ...sampleSignIn(id), ...from });
    const [line] = await storage().care.history(id, 10);
    expect(line).toMatchObject({ ...from, mode: 'login-mdp', passkeyId: undefined });
  });

  test('a door stays closed until it is opened', async () => {
    const { id } = await person();
    const { care } = storage();
    await care.closeDoor(id, 'cps', NOW);
    await care.closeDoor(id, 'cps', later(1));
    expect(await care.closedDoors(id)).toEqual([{ mode: 'cps', at: NOW }]);
    expect(await care.openDoor(id, 'cps')).toBe(true);
    expect(await care.openDoor(id, 'cps')).toBe(false);
  });
});
