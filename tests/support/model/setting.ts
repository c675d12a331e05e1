import { randomUUID } from 'node:crypto';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { narrow } from '../clients/narrowed-client.ts';
import type { RunningMire } from '../mire.ts';
import { writeSession } from '../sign-in/directly.ts';
import { browserAt } from './ground.ts';
import { INTRUDERS, type IntruderId } from './intruders.ts';
import type { Identity, Owner, Proof } from './means.ts';
import { enrolKey } from './moves/changing.ts';
import type { Desk, Scene } from './scene.ts';
import type { Dossier, Person, Seat, World } from './world.ts';

/** How one sequence begins. */
export interface Beginning {
  readonly intruder: IntruderId;
  /** Whether alice has a phone, and a number of the register. */
  readonly phone: boolean;
  readonly number: boolean;
}

let serial = 0;
const NAMES = { alice: ['Aubry', '60'], bob: ['Bonnet', '10'] } as const;
const PASSWORDS = { alice: 'Alice-sait-cela-2026', bob: 'Bob-sait-cela-2026' } as const;

async function account(mire: RunningMire, who: Owner, { phone, number }: Beginning): Promise<Dossier> {
  const { storage, passwords } = mire.sandbox.parts;
  const [familyName, profession] = NAMES[who];
  serial += 1;
  const login = `${who.charAt(0)}${serial}`;
  const person: Person = {
    who,
    id: randomUUID(),
    login,
    familyName,
    profession,
    number: `8101${String(serial).padStart(8, '0')}`,
  };
  const mail = `${login}@x.example`;
  const call = who === 'alice' && !phone ? undefined : `+3362${String(serial).padStart(7, '0')}`;
  const linked = who === 'bob' || number;
  const hash = await passwords.hash(PASSWORDS[who]);
  await storage.transaction(async (tx) => {
    await tx.accounts.insert({
      id: person.id,
      login,
      familyName,
      givenName: 'Camille',
      profession,
      email: mail,
      emailVerified: true,
      ...(call ? { phone: call, phoneVerified: true } : {}),
      locale: 'fr-FR',
      termsVersion: mire.settings.TERMS_VERSION,
      status: 'active',
    });
    await tx.accounts.setPasswordHash(person.id, hash);
    if (linked) await tx.accounts.linkIdentity(person.id, NATIONAL_ID, person.number);
  });
  const made = { by: who, at: 0, sure: true, proved: true } as const;
  const identities: Identity[] = linked ? [{ number: person.number, by: who, at: 0 }] : [];
  return {
    person,
    status: 'active',
    closedAt: 0,
    means: {
      password: { value: PASSWORDS[who], knownBy: [who], roots: ['password'], by: who, at: 0, sure: true },
      mail: { value: mail, ...made },
      phone: call ? { value: call, ...made } : undefined,
      keys: [],
      identities,
    },
    since: 0,
    undosSince: 0,
    former: [],
    undos: [],
    dead: new Set(),
    read: new Set(),
    guesses: [],
    unspent: 0,
  };
}

/** What the intruder has to begin with. */
async function give(scene: Scene, id: string): Promise<void> {
  const { mire, world } = scene;
  const { alice } = world.dossiers;
  const { password } = alice.means;
  if (world.intruder.holds.includes('password') && password)
    alice.means = { ...alice.means, password: { ...password, knownBy: ['alice', 'mallory'] } };
  if (id !== 'session' && id !== 'passkey') return;
  const seat = world.seats.mallory;
  for (const { name, value } of await writeSession(mire, {
    login: alice.person.login,
    acr: 'eidas2',
    client: 'portail',
  }))
    await seat.browser.jar.setCookie(`${name}=${value}; path=/; httponly`, mire.issuer);
  const amr = new Set(['pwd', 'otp', 'mfa']);
  const proof: Proof = {
    who: 'mallory',
    account: 'alice',
    mode: 'code-ephemere',
    roots: new Set(['password', 'mail']),
    amr,
    at: 0,
  };
  seat.session = { proof, startedAt: mire.clock.now().getTime() };
  if (id !== 'passkey') return;
  await enrolKey(scene, 'mallory');
  await mire.sandbox.logout.end({ accountId: alice.person.id }, 'administrator');
  seat.session = undefined;
}

/** Two people and an intruder who never met the service before, and the application whose rules change. */
export async function begin(
  mire: RunningMire,
  desk: Desk & { readonly hostile: string },
  beginning: Beginning,
): Promise<Scene> {
  mire.clock.restore();
  const [alice, bob] = [await account(mire, 'alice', beginning), await account(mire, 'bob', beginning)];
  const intruder = INTRUDERS.find(({ id }) => id === beginning.intruder) ?? INTRUDERS[0];
  const address = (last: number) => `10.${(serial >> 14) & 127}.${(serial >> 7) & 127}.${((serial & 63) << 2) | last}`;
  const seat = (name: string, at: string): Seat => ({ name, browser: browserAt(mire, at), known: new Set() });
  const intruderAddress = intruder.id === 'address' ? address(1) : address(3);
  const readers = new Map<string, 'alice' | 'bob' | 'mallory'>();
  for (const { means, person } of [alice, bob])
    for (const reach of [means.mail, means.phone]) if (reach) readers.set(reach.value, person.who);
  const id = `etroite-${serial}`;
  await narrow(mire, id, { minimum_acr: 'eidas1', scope: 'openid profile identite_ps' } as Parameters<
    typeof narrow
  >[2]);
  const world: World = {
    intruder,
    dossiers: { alice, bob },
    readers,
    seats: {
      alice: seat('alice’s', address(1)),
      bob: seat('bob’s', address(2)),
      mallory: seat('mallory’s', intruderAddress),
      ward: seat('of the ward', address(2)),
    },
    narrow: { id, minimum: 'eidas1', modes: undefined },
    tokens: [],
    parked: [],
    lost: [],
    intruderAddress,
    agent: desk.hostile,
    tick: 1,
    handedOut: 0,
    theirs: `8102${String(serial).padStart(8, '0')}`,
  };
  const scene: Scene = { mire, world, desk, tell: () => undefined };
  await give(scene, beginning.intruder);
  return scene;
}
