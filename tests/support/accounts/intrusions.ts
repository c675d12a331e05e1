import { randomUUID } from 'node:crypto';
import { type Account, NATIONAL_ID } from '../../../src/accounts/account.ts';
import { recordStatement } from '../../../src/accounts/facts.ts';
import { beforeLinking, beforeRemoving, removeIdentity } from '../../../src/accounts/identities.ts';
import { createSelfCare, type SelfCare } from '../../../src/accounts/self-care.ts';
import { type Asking, type Changing, createChanging, type Telling } from '../../../src/accounts/telling.ts';
import type { Replaced, UndoKind } from '../../../src/accounts/undo.ts';
import { newSeed } from '../../../src/challenges/hotp.ts';
import type { Storage } from '../../../src/storage.ts';
import type { RunningMire } from '../mire.ts';

/** One account, and somebody in it. */
export interface Victim {
  readonly storage: Storage;
  readonly care: SelfCare;
  readonly change: Changing;
  readonly asking: Asking;
  readonly id: string;
  /** The id of something that its owner has. */
  readonly own: string;
  /** A number of the register that nobody has. */
  readonly number: string;
  now(): Date;
  account(): Promise<Account>;
  /** A change as the pages make it, told to whoever reads the account's mail. */
  changes(before: Replaced, work: (tx: Storage) => Promise<unknown>): Promise<void>;
}

/** Something that an intruder may add, take or change. */
export interface Intrusion {
  /** What its owner had. */
  readonly owner?: (victim: Victim) => Promise<unknown>;
  readonly act: (victim: Victim) => Promise<unknown>;
  /** Whether anything of the intruder is there. */
  readonly lives: (victim: Victim) => Promise<boolean>;
  /** Whether what the owner had stands; left out where it does not come back. */
  readonly stands?: (victim: Victim) => Promise<boolean>;
}

const asking: Asking = {
  locale: 'fr',
  request: { id: 'x', supportCode: 'TEST-2345', address: '192.0.2.7' },
};

export function partsOf(mire: RunningMire) {
  const { parts, logout, notifier } = mire.sandbox;
  const { storage, passwords, limits, circumstances } = parts;
  const careParts = { storage, clock: mire.clock.now, logout, notifier, circumstances, issuer: mire.issuer };
  const change = createChanging(careParts);
  return { storage, limits, careParts, change, asking, care: createSelfCare(careParts, passwords, change) };
}

let made = 0;
export async function newVictim(mire: RunningMire): Promise<Victim> {
  const { storage, change, care } = partsOf(mire);
  const id = randomUUID();
  made += 1;
  await storage.accounts.insert({
    id,
    login: `victime-${made}`,
    email: `victime-${made}@x.example`,
    emailVerified: true,
    phone: '+33639981111',
    phoneVerified: true,
    familyName: 'Durand',
    givenName: 'Marie',
    profession: '10',
  });
  await storage.accounts.setPasswordHash(id, 'of the owner');
  const account = async () => {
    const found = await storage.accounts.byId(id);
    if (!found) throw new Error('the account is gone');
    return found;
  };
  const tell: readonly Telling[] = [{ template: 'password-changed' }];
  return {
    storage,
    care,
    change,
    asking,
    id,
    own: randomUUID(),
    number: `8997${String(10_000_000 + made)}`,
    now: mire.clock.now,
    account,
    changes: async (before, work) =>
      change({
        account: await account(),
        asking,
        event: 'account.contact-changed',
        tell,
        before,
        work: async (tx) => void (await work(tx)),
      }),
  };
}

export const passkey = ({ id: accountId, now }: Victim, id: string = randomUUID()) => ({
  id,
  accountId,
  credentialId: id,
  publicKey: new Uint8Array(8),
  counter: 0,
  transports: [],
  aaguid: '00000000-0000-0000-0000-000000000000',
  synced: false,
  attestationFormat: 'none',
  attestation: new Uint8Array(8),
  name: 'Clé',
  createdAt: now(),
});
export async function enrol({ storage, id, now }: Victim, app: string): Promise<void> {
  await storage.authenticators.insert({ id: app, accountId: id, seed: newSeed(), at: now() });
  await storage.authenticators.confirm(id, app, now());
}
const spent = async () => undefined;
const PSC = { source: 'psc', familyName: 'DURAND', givenName: 'MARIE' } as const;
const OTHER_NUMBER = (number: string) => number.replace(/^8/, '0');
const profile = async ({ account }: Victim) => {
  const { familyName, givenName, profession } = await account();
  return `${givenName} ${familyName} ${profession}`;
};

/** Every kind of change that can be undone has its row here, or this does not compile; then what has no undo. */
export const INTRUSIONS: Readonly<Record<UndoKind | 'desktop' | 'consent' | 'notices', Intrusion>> = {
  mail: {
    act: async (v) => v.care.contact(await v.account(), 'mail', `second-intrus-${v.number}@x.example`, asking, spent),
    lives: async (v) => ((await v.account()).email ?? '').includes('intrus'),
    stands: async (v) => /^victime-\d+@/.test((await v.account()).email ?? '') && (await v.account()).emailVerified,
  },
  sms: {
    act: async (v) => v.care.contact(await v.account(), 'sms', '+33639982222', asking, spent),
    lives: async (v) => (await v.account()).phone === '+33639982222',
    stands: async (v) => (await v.account()).phone === '+33639981111' && (await v.account()).phoneVerified,
  },
  password: {
    act: async (v) => v.care.password(await v.account(), 'intrus-lanterne-pluie-91', asking),
    lives: async ({ storage, id }) => (await storage.care.passwordHash(id)) !== undefined,
  },
  'passkey-added': {
    async act(v) {
      const key = passkey(v);
      await v.changes({ kind: 'passkey-added', id: key.id }, (tx) => tx.passkeys.insert(key));
    },
    lives: async ({ storage, id }) => (await storage.passkeys.of(id)).length > 0,
  },
  'passkey-removed': {
    owner: (v) => v.storage.passkeys.insert(passkey(v)),
    async act(v) {
      const [key] = await v.storage.passkeys.of(v.id);
      const added = passkey(v);
      await v.changes({ kind: 'passkey-added', id: added.id }, (tx) =>
        tx.passkeys.insert({ ...added, name: 'Intrus' }),
      );
      for (const { id } of [{ id: key?.id ?? '' }, added])
        await v.changes({ kind: 'passkey-removed', id }, (tx) => tx.passkeys.remove(v.id, id, v.now()));
    },
    lives: async ({ storage, id }) => (await storage.passkeys.of(id)).some(({ name }) => name === 'Intrus'),
    stands: async ({ storage, id }) => (await storage.passkeys.of(id)).length === 1,
  },
  'authenticator-added': {
    async act(v) {
      const id = randomUUID();
      await v.changes({ kind: 'authenticator-added', id }, () => enrol(v, id));
    },
    lives: async ({ storage, id }) => (await storage.authenticators.of(id)) !== undefined,
  },
  'authenticator-removed': {
    owner: (v) => enrol(v, v.own),
    async act(v) {
      const own = await v.storage.authenticators.of(v.id);
      const id = randomUUID();
      await v.changes({ kind: 'authenticator-removed', id: own?.id ?? '' }, (tx) =>
        tx.authenticators.remove(v.id, v.now()),
      );
      await v.changes({ kind: 'authenticator-added', id }, () => enrol(v, id));
    },
    async lives({ storage, id, own }) {
      const current = await storage.authenticators.of(id);
      return current !== undefined && current.id !== own;
    },
    stands: async ({ storage, id, own }) => (await storage.authenticators.of(id))?.id === own,
  },
  'recovery-codes': {
    owner: ({ storage, id, now }) => storage.recoveryCodes.replace(id, ['ABCDE-FGHJK'], now()),
    act: (v) => v.changes({ kind: 'recovery-codes' }, (tx) => tx.recoveryCodes.replace(v.id, ['22222-33333'], v.now())),
    lives: ({ storage, id }) => storage.recoveryCodes.fits(id, '22222-33333'),
  },
  'identity-linked': {
    async act(v) {
      const identity = { source: NATIONAL_ID, externalId: v.number };
      const before = await beforeLinking(v.storage, await v.account(), identity);
      await v.changes(before, (tx) => tx.accounts.linkIdentity(v.id, NATIONAL_ID, v.number, 'owner'));
      const said = {
        ...PSC,
        familyName: 'DURAND INTRUS',
        profession: '60',
        otherNationalIds: [OTHER_NUMBER(v.number)],
      };
      await v.storage.transaction((tx) => recordStatement(tx, v.id, said, v.now(), {}));
    },
    async lives(v) {
      const found = [v.number, OTHER_NUMBER(v.number)].map((one) => v.storage.accounts.byIdentity(NATIONAL_ID, one));
      const facts = await v.storage.facts.of(v.id);
      return (await Promise.all(found)).some(Boolean) || facts.length > 0 || /INTRUS|60/.test(await profile(v));
    },
    stands: async (v) => (await profile(v)) === 'Marie Durand 10',
  },
  'identity-removed': {
    async owner(v) {
      await v.storage.accounts.linkIdentity(v.id, NATIONAL_ID, v.number, 'sign-up');
      const said = { ...PSC, profession: '21', otherNationalIds: [OTHER_NUMBER(v.number)] };
      await v.storage.transaction((tx) => recordStatement(tx, v.id, said, v.now(), {}));
    },
    async act(v) {
      const all = await v.storage.accounts.identitiesOf(v.id);
      const account = await v.account();
      const own = all.find(({ alias }) => !alias);
      if (!own) throw new Error('the owner has no identity');
      const before = await beforeRemoving(v.storage, account, own);
      await v.changes(before, (tx) => removeIdentity(tx, account, before));
    },
    lives: async () => false,
    async stands(v) {
      const found = [v.number, OTHER_NUMBER(v.number)].map((one) => v.storage.accounts.byIdentity(NATIONAL_ID, one));
      return (await Promise.all(found)).every((one) => one?.id === v.id) && (await profile(v)) === 'Marie Durand 21';
    },
  },
  'door-opened': {
    owner: ({ storage, id, now }) => storage.care.closeDoor(id, 'psc', now()),
    act: async (v) => v.care.openDoor(await v.account(), 'psc', asking, 'PSC'),
    lives: async ({ storage, id }) => (await storage.care.closedDoors(id)).length === 0,
    stands: async ({ storage, id }) => (await storage.care.closedDoors(id)).length === 1,
  },
  closing: {
    act: async (v) => v.care.close(await v.account(), asking),
    lives: async () => false,
    stands: async (v) => (await v.account()).status === 'active',
  },
  desktop: {
    act: ({ storage, id, now }) =>
      storage.desktopDevices.register(
        { id: randomUUID(), accountId: id, clientId: 'monsisra', jkt: randomUUID(), name: 'Poste', place: undefined },
        now(),
      ),
    lives: async ({ storage, id }) => (await storage.desktopDevices.of(id)).length > 0,
  },
  consent: {
    act: ({ storage, id, now }) => storage.consents.remember(id, 'portail', ['openid'], [], now()),
    lives: async ({ storage, id }) => (await storage.care.consents(id)).length > 0,
  },
  notices: {
    owner: ({ storage, id }) => storage.preferences.setTellsEach(id, true),
    act: ({ storage, id }) => storage.preferences.setTellsEach(id, false),
    lives: async ({ storage, id }) => !(await storage.preferences.tellsEach(id)),
  },
};
