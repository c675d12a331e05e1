import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUndoing } from '../../../src/accounts/undoing.ts';
import { createHelping } from '../../../src/support/helping.ts';
import { noticeTo, undoCodeOf } from '../../support/accounts/account-pages.ts';
import { INTRUSIONS, newVictim, partsOf, type Victim } from '../../support/accounts/intrusions.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

describe('the account as it was', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' } });
  });
  afterAll(() => mire.close());

  const undoing = () => {
    const { careParts, limits, change } = partsOf(mire);
    return createUndoing(careParts, limits, change);
  };
  const recover = async ({ id, number, storage, asking }: Victim, since: string | undefined) => {
    const { careParts, limits } = partsOf(mire);
    const helping = createHelping(careParts, limits);
    const agents = [];
    for (const login of ['mdurand', 'kbenali']) {
      const { account } = (await storage.accounts.byLoginKey(login)) ?? {};
      if (!account) throw new Error(`no ${login}`);
      agents.push({ account: { ...account, roles: ['helpdesk'] }, asking });
    }
    const [one, other] = agents;
    if (!one || !other) throw new Error('two agents');
    await helping.ask(one, id, 'recovery', { email: `rendu-${number}@x.example`, since });
    const request = (await storage.helpDesk.open(mire.clock.now())).find(({ accountId }) => accountId === id);
    await helping.settle(other, request?.id ?? '', true);
  };
  const today = () => mire.clock.now().toISOString().slice(0, 10);

  const WAYS = {
    'an undo with "it was not me"': {
      back: async (_victim: Victim, code: string) => void (await undoing()(code, true, partsOf(mire).asking)),
      comesBack: true,
    },
    'a supervised recovery to the day before': {
      back: (victim: Victim) => recover(victim, today()),
      comesBack: true,
    },
    'a supervised recovery': { back: (victim: Victim) => recover(victim, undefined), comesBack: false },
  } as const;

  const cases = Object.keys(WAYS).flatMap((way) => Object.keys(INTRUSIONS).map((kind) => [way, kind] as const));
  test.each(cases)('%s: nothing of the intruder lives (%s)', async (way, kind) => {
    const { owner, act, lives, stands } = INTRUSIONS[kind as keyof typeof INTRUSIONS];
    const { back, comesBack } = WAYS[way as keyof typeof WAYS];
    const victim = await newVictim(mire);
    const { email = '' } = await victim.account();
    await owner?.(victim);
    mire.clock.forward(48 * 3600);
    const intruder = `intrus-${victim.number}@x.example`;
    await victim.care.contact(await victim.account(), 'mail', intruder, victim.asking, async () => undefined);
    const code = undoCodeOf(await noticeTo(mire, email, /adresse mail a changé/));
    mire.clock.forward(60);
    await act(victim);
    const journal = await victim.storage.undos.since(victim.id, new Date(0));
    mire.clock.forward(60);

    await back(victim, code);

    expect(await lives(victim)).toBe(false);
    const after = await victim.account();
    const mails = kind === 'mail' ? [/intrus/] : [new RegExp(intruder)];
    for (const mail of mails) expect(after.email).not.toMatch(mail);
    if (comesBack && stands && way.startsWith('an undo')) expect(await stands(victim)).toBe(true);
    if (comesBack && stands && kind !== 'mail') expect(await stands(victim)).toBe(true);
    // Whatever the intruder's mailbox holds.
    const told = mire.sandbox.inbox.all().filter(({ to }) => to === intruder);
    const codes = told.map(undoCodeOf).filter(Boolean);
    expect(journal.length).toBeGreaterThan(0);
    for (const one of codes)
      for (const disowned of [true, false])
        await expect(undoing()(one, disowned, victim.asking)).rejects.toMatchObject({ code: 'undo-unknown' });
    expect(await lives(victim)).toBe(false);
  });

  test('the owner’s things of before stay, whatever came after', async () => {
    const victim = await newVictim(mire);
    const { email = '' } = await victim.account();
    for (const kind of [
      'passkey-removed',
      'authenticator-removed',
      'recovery-codes',
      'identity-removed',
      'door-opened',
    ])
      await INTRUSIONS[kind as keyof typeof INTRUSIONS].owner?.(victim);
    await INTRUSIONS.desktop.act(victim);
    await INTRUSIONS.consent.act(victim);
    mire.clock.forward(3600);
    await victim.care.contact(
      await victim.account(),
      'mail',
      `i-${victim.number}@x.example`,
      victim.asking,
      async () => {},
    );
    const code = undoCodeOf(await noticeTo(mire, email, /adresse mail a changé/));
    const outcomes = await undoing()(code, true, victim.asking);
    expect(outcomes).toEqual(['mail-back', 'password-gone', 'notices-on']);
    const { storage, id, own, account } = victim;
    expect(await account()).toMatchObject({ email, emailVerified: true, phoneVerified: true, profession: '21' });
    expect(await storage.passkeys.of(id)).toHaveLength(1);
    expect((await storage.authenticators.of(id))?.id).toBe(own);
    expect(await storage.recoveryCodes.left(id)).toBe(1);
    expect(await storage.desktopDevices.of(id)).toHaveLength(1);
    expect(await storage.care.consents(id)).toHaveLength(1);
    expect(await storage.accounts.identitiesOf(id)).toHaveLength(2);
    await noticeTo(mire, email, /compte a été repris/);
  });

  test('a second time, from an older message: what was taken back before does not come back', async () => {
    const victim = await newVictim(mire);
    const { email = '' } = await victim.account();
    await INTRUSIONS['passkey-added'].act(victim);
    const first = undoCodeOf(await noticeTo(mire, email, /mot de passe a changé/));
    mire.clock.forward(60);
    const contact = (mail: string) => async () =>
      victim.care.contact(await victim.account(), 'mail', mail, victim.asking, async () => undefined);
    await contact(`a-${victim.number}@x.example`)();
    const second = undoCodeOf(await noticeTo(mire, email, /adresse mail a changé/));
    mire.clock.forward(60);
    await INTRUSIONS['authenticator-added'].act(victim);
    await undoing()(second, true, victim.asking);
    // Older than the moment: it stays, and its message still takes it back.
    expect(await victim.storage.passkeys.of(victim.id)).toHaveLength(1);
    mire.clock.forward(60);
    await undoing()(first, true, victim.asking);
    expect(await victim.storage.passkeys.of(victim.id)).toHaveLength(0);
    expect(await victim.storage.authenticators.of(victim.id)).toBeUndefined();
    expect((await victim.account()).email).toBe(email);
  });

  test('a code of before that went to the intruder’s mailbox brings nothing of theirs back', async () => {
    const victim = await newVictim(mire);
    const { email = '' } = await victim.account();
    const theirs = `a-${victim.number}@x.example`;
    const contact = async (mail: string) =>
      victim.care.contact(await victim.account(), 'mail', mail, victim.asking, async () => undefined);
    await contact(theirs);
    mire.clock.forward(60);
    // The owner is still signed in and takes the address back: the intruder is told, with a code.
    await contact(email);
    const back = undoCodeOf(await noticeTo(mire, theirs, /adresse mail a changé/));
    mire.clock.forward(60);
    await INTRUSIONS['passkey-added'].act(victim);
    const own = undoCodeOf(await noticeTo(mire, email, /clé d.accès|mot de passe a changé/));
    await undoing()(own, true, victim.asking);
    await expect(undoing()(back, false, victim.asking)).rejects.toMatchObject({ code: 'undo-unknown' });
    expect((await victim.account()).email).toBe(email);
  });

  test('an address that is somebody else’s meanwhile is not put back, nor is the intruder’s left, and it is said', async () => {
    const victim = await newVictim(mire);
    const { email = '' } = await victim.account();
    await victim.care.contact(
      await victim.account(),
      'mail',
      `t-${victim.number}@x.example`,
      victim.asking,
      async () => {},
    );
    const code = undoCodeOf(await noticeTo(mire, email, /adresse mail a changé/));
    const other = await newVictim(mire);
    await other.storage.care.setContact(other.id, 'mail', { value: email, verified: true });
    expect(await undoing()(code, true, victim.asking)).toContain('mail-not-back');
    expect((await victim.account()).email).toBeUndefined();
    expect((await other.account()).email).toBe(email);
  });

  test('a day out of reach is refused before anybody approves', async () => {
    const victim = await newVictim(mire);
    const far = new Date(mire.clock.now().getTime() - 32 * 86_400_000).toISOString().slice(0, 10);
    await expect(recover(victim, far)).rejects.toMatchObject({ code: 'moment-too-far' });
    await expect(recover(victim, '2099-01-01')).rejects.toMatchObject({ code: 'moment-too-far' });
    expect((await victim.account()).email).toMatch(/^victime-/);
  });
});
