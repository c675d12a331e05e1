import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parallel, sampleAccount } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const NOW = new Date('2026-11-23T08:00:00.000Z');
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const LONG_AGO = after(-30);

onEachDatabase('challenges', (ground) => {
  const challenges = () => ground().storage.challenges;

  async function insert(flow = randomUUID()) {
    const account = sampleAccount();
    await ground().storage.accounts.insert(account);
    const challenge = {
      id: randomUUID(),
      accountId: account.id,
      channel: 'sms',
      destination: '+33612345678',
      locale: 'fr',
    } as const;
    await challenges().insert({ ...challenge, flow, seed: 'JBSWY3DPEHPK3PXP' });
    return challenge;
  }
  async function sent() {
    const { id } = await insert();
    await challenges().nextCode(id, NOW, after(300), LONG_AGO);
    return id;
  }

  test('a challenge comes back as it was written, its destination and seed sealed in the table', async () => {
    const challenge = await insert();
    expect(await challenges().byId(challenge.id)).toEqual({
      ...challenge,
      purpose: 'sign-in',
      decoy: false,
      counter: 0,
      handedOver: 0,
      attempts: 0,
      sentAt: undefined,
      expiresAt: undefined,
      consumedAt: undefined,
    });
    expect(await challenges().seedOf(challenge.id)).toBe('JBSWY3DPEHPK3PXP');
    const { rows } = await ground().database.raw(
      "select encode(seed, 'escape') || encode(destination, 'escape') as text from challenges where id = ?",
      [challenge.id],
    );
    expect(rows[0].text).not.toMatch(/JBSWY3DPEHPK3PXP|33612345678/);
  });

  test('an unknown challenge is nothing, without an error', async () => {
    const id = randomUUID();
    expect(await challenges().byId(id)).toBeUndefined();
    expect(await challenges().seedOf(id)).toBeUndefined();
    expect(await challenges().nextCode(id, NOW, after(300), LONG_AGO)).toBeUndefined();
    expect(await challenges().takeTry(id, 5, NOW)).toBeUndefined();
    expect(await challenges().consume(id, 0, NOW)).toBe(false);
  });

  test('a code that was never sent cannot be tried', async () => {
    const { id } = await insert();
    expect(await challenges().takeTry(id, 5, NOW)).toBeUndefined();
  });

  test('a second code comes after the wait only, and gives the tries back', async () => {
    const id = await sent();
    await challenges().takeTry(id, 5, NOW);
    expect(await challenges().nextCode(id, after(29), after(329), after(-1))).toBeUndefined();
    expect(await challenges().byId(id)).toMatchObject({ counter: 1, attempts: 1 });
    expect(await challenges().nextCode(id, after(30), after(330), NOW)).toBe(2);
    expect(await challenges().byId(id)).toMatchObject({
      counter: 2,
      attempts: 0,
      sentAt: after(30),
      expiresAt: after(330),
    });
  });

  test('20 parallel clicks on resend send one code', async () => {
    const id = await sent();
    const counters = await parallel(20, () => challenges().nextCode(id, after(31), after(331), after(1)));
    expect(counters.filter((counter) => counter !== undefined)).toEqual([2]);
  });

  test('20 parallel tries get five comparisons', async () => {
    const id = await sent();
    const tries = await parallel(20, () => challenges().takeTry(id, 5, after(1)));
    expect(tries.filter((taken) => taken !== undefined)).toEqual(
      Array.from({ length: 5 }, () => ({ seed: 'JBSWY3DPEHPK3PXP', counter: 1 })),
    );
  });

  test('an expired code cannot be tried, not even at the very end of its life', async () => {
    const id = await sent();
    expect(await challenges().takeTry(id, 5, after(300))).toBeUndefined();
    expect(await challenges().takeTry(id, 5, after(299))).toBeDefined();
  });

  test('of 20 requests with the right code, one consumes it', async () => {
    const id = await sent();
    const results = await parallel(20, () => challenges().consume(id, 1, after(2)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await challenges().byId(id)).toMatchObject({ consumedAt: after(2) });
    expect(await challenges().takeTry(id, 5, after(3))).toBeUndefined();
    expect(await challenges().nextCode(id, after(60), after(360), after(30))).toBeUndefined();
  });

  test('a code that a newer one replaced is not consumed', async () => {
    const id = await sent();
    await challenges().nextCode(id, after(40), after(340), after(10));
    expect(await challenges().consume(id, 1, after(41))).toBe(false);
    expect(await challenges().consume(id, 2, after(41))).toBe(true);
  });

  test('sends are counted over every challenge of the interaction, and of no other', async () => {
    const flow = randomUUID();
    const [first, second] = [await insert(flow), await insert(flow)];
    await sent();
    expect(await challenges().sendsOfFlow(flow)).toBe(0);
    await challenges().nextCode(first.id, NOW, after(300), LONG_AGO);
    await challenges().nextCode(first.id, after(30), after(330), NOW);
    await challenges().nextCode(second.id, NOW, after(300), LONG_AGO);
    expect(await challenges().sendsOfFlow(flow)).toBe(3);
  });

  test('a provider that answers late for an older code does not undo the newer hand-over', async () => {
    const id = await sent();
    await challenges().markHandedOver(id, 2);
    await challenges().markHandedOver(id, 1);
    expect(await challenges().byId(id)).toMatchObject({ handedOver: 2 });
  });
});
