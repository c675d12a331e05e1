import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { beforeRemoving, removeIdentity } from '../../../src/accounts/identities.ts';
import { createUndoing } from '../../../src/accounts/undoing.ts';
import { undoCodeOf } from '../../support/accounts/account-pages.ts';
import { enrol, newVictim, partsOf, passkey, type Victim } from '../../support/accounts/intrusions.ts';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

/** Something of an account that somebody takes away. */
interface Thing {
  readonly has: (victim: Victim) => Promise<boolean>;
  readonly gets: (victim: Victim) => Promise<unknown>;
  readonly loses: (victim: Victim) => Promise<unknown>;
}

const OLD = '+33639981111';
const THINGS: Readonly<Record<string, Thing>> = {
  'a passkey': {
    has: async ({ storage, id }) => (await storage.passkeys.of(id)).length > 0,
    gets: (v) => v.storage.passkeys.insert(passkey(v, v.own)),
    loses: (v) => v.changes({ kind: 'passkey-removed', id: v.own }, (tx) => tx.passkeys.remove(v.id, v.own, v.now())),
  },
  'an authenticator app': {
    has: async ({ storage, id }) => (await storage.authenticators.of(id)) !== undefined,
    gets: (v) => enrol(v, v.own),
    loses: (v) =>
      v.changes({ kind: 'authenticator-removed', id: v.own }, (tx) => tx.authenticators.remove(v.id, v.now())),
  },
  'a phone number': {
    has: async (v) => (await v.account()).phone === OLD && (await v.account()).phoneVerified,
    gets: async () => undefined,
    loses: async (v) => v.care.contact(await v.account(), 'sms', '+33639982222', v.asking, async () => undefined),
  },
  'an identity': {
    has: async ({ storage, number }) => (await storage.accounts.byIdentity(NATIONAL_ID, number)) !== undefined,
    gets: ({ storage, id, number }) => storage.accounts.linkIdentity(id, NATIONAL_ID, number, 'owner'),
    async loses(v) {
      const account = await v.account();
      const [own] = await v.storage.accounts.identitiesOf(v.id);
      if (!own) throw new Error('no identity');
      const before = await beforeRemoving(v.storage, account, own);
      await v.changes(before, (tx) => removeIdentity(tx, account, before));
    },
  },
};

describe('an undo, and then the whole account taken back', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' } });
  });
  afterAll(() => mire.close());

  const undo = async (code: string, disowned: boolean) => {
    const { careParts, limits, change, asking } = partsOf(mire);
    mire.clock.forward(60);
    const outcomes = await createUndoing(careParts, limits, change)(code, disowned, asking);
    mire.clock.forward(60);
    return outcomes;
  };
  /** Makes a change, and @returns the code that its message gave to whoever reads that mailbox. */
  const coded = async (change: () => Promise<unknown>): Promise<string> => {
    const codes = () => mire.sandbox.inbox.all().map(undoCodeOf).filter(Boolean);
    const before = new Set(codes());
    await change();
    const code = await until('an undo code', () => codes().find((one) => !before.has(one)));
    mire.clock.forward(60);
    return code;
  };
  const contact = (victim: Victim, mail: string) => async () =>
    victim.care.contact(await victim.account(), 'mail', mail, victim.asking, async () => undefined);
  const addsKey = (victim: Victim, id: string) => () =>
    victim.changes({ kind: 'passkey-added', id }, (tx) => tx.passkeys.insert(passkey(victim, id)));

  test.each(Object.keys(THINGS))(
    '%s that an undo brought back after the moment goes with what came since',
    async (name) => {
      const { has, gets, loses } = THINGS[name] as Thing;
      const victim = await newVictim(mire);
      await gets(victim);
      const lost = await coded(() => loses(victim));
      const moment = await coded(() => victim.changes({ kind: 'recovery-codes' }, async () => undefined));
      await undo(lost, false);
      expect(await has(victim)).toBe(true);
      await undo(moment, true);
      expect(await has(victim)).toBe(false);
    },
  );

  test.each(Object.keys(THINGS))('%s that was taken away and put back after the moment stays', async (name) => {
    const { has, gets, loses } = THINGS[name] as Thing;
    const victim = await newVictim(mire);
    await gets(victim);
    mire.clock.forward(60);
    const moment = await coded(() => victim.changes({ kind: 'recovery-codes' }, async () => undefined));
    const lost = await coded(() => loses(victim));
    await undo(lost, false);
    await undo(moment, true);
    expect(await has(victim)).toBe(true);
  });

  test('of two passkeys that somebody added, the message of each takes its own away', async () => {
    const victim = await newVictim(mire);
    const [one, other] = [randomUUID(), randomUUID()];
    const first = await coded(addsKey(victim, one));
    const second = await coded(addsKey(victim, other));
    await undo(first, false);
    expect((await victim.storage.passkeys.of(victim.id)).map(({ id }) => id)).toEqual([other]);
    await undo(second, false);
    expect(await victim.storage.passkeys.of(victim.id)).toEqual([]);
  });

  test('an app that was put back stays, when the adding of another is undone after it', async () => {
    const victim = await newVictim(mire);
    const theirs = randomUUID();
    await enrol(victim, victim.own);
    const removed = await coded(() => THINGS['an authenticator app']?.loses(victim) ?? Promise.reject());
    const added = await coded(() =>
      victim.changes({ kind: 'authenticator-added', id: theirs }, () => enrol(victim, theirs)),
    );
    await undo(removed, false);
    await undo(added, false);
    expect((await victim.storage.authenticators.of(victim.id))?.id).toBe(victim.own);
  });

  test('an address that is put back ends the codes that lie in the mailbox of the other', async () => {
    const victim = await newVictim(mire);
    const { email } = await victim.account();
    const changed = await coded(contact(victim, `autre-${victim.number}@x.example`));
    const theirs = await coded(addsKey(victim, randomUUID()));
    await undo(changed, false);
    for (const disowned of [true, false])
      await expect(undo(theirs, disowned)).rejects.toMatchObject({ code: 'undo-unknown' });
    expect((await victim.account()).email).toBe(email);
  });
});
