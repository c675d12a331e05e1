import { MODES, type ModeId } from '../../../config/modes.ts';
import type { Owner, Proof, Root, Who } from './means.ts';
import type { Dossier } from './world.ts';
import { reads, rootsOf, type World } from './world.ts';

/** Every way in: a mode, and what stands beside the password where it has one. */
export const WAYS = ['login-mdp', 'mail', 'sms', 'totp', 'paper', 'passkey', 'psc', 'cps'] as const;
export type Way = (typeof WAYS)[number];

const MODE: Readonly<Record<Way, ModeId>> = {
  'login-mdp': 'login-mdp',
  mail: 'code-ephemere',
  sms: 'code-ephemere',
  totp: 'code-ephemere',
  paper: 'code-ephemere',
  passkey: 'cle-acces',
  psc: 'psc',
  cps: 'cps',
};
export const modeOf = (way: Way): ModeId => MODE[way];
export const isCode = (way: Way): boolean => modeOf(way) === 'code-ephemere';

export const numberOf = (world: World, who: Who): string =>
  who === 'mallory' ? world.theirs : world.dossiers[who].person.number;

/** What this person holds of what opens the account by this way. */
export function has(world: World, who: Who, account: Owner, way: Way): boolean {
  const { means } = world.dossiers[account];
  const password = means.password?.knownBy.includes(who) === true;
  switch (way) {
    case 'login-mdp':
      return password;
    case 'mail':
      return password && reads(world, who, means.mail?.value);
    case 'sms':
      return password && reads(world, who, means.phone?.value);
    case 'totp':
      return password && means.app?.by === who;
    case 'paper':
      return password && means.paper?.by === who && means.paper.codes.length > 0;
    case 'passkey':
      return means.keys.some(({ by }) => by === who);
    default:
      return means.identities.some(({ number }) => number === numberOf(world, who));
  }
}

/** The strongest that this person has, or whichever is asked for. */
export const bestWay = (world: World, who: Who, account: Owner, among: readonly Way[] = WAYS): Way | undefined =>
  (['sms', 'mail', 'totp', 'passkey', 'psc', 'paper', 'login-mdp'] as const).find(
    (way) => among.includes(way) && has(world, who, account, way),
  );
export const TWO_FACTORS: readonly Way[] = WAYS.filter((way) => way !== 'login-mdp');

const ROOT: Readonly<Record<Exclude<Way, 'login-mdp'>, Root>> = {
  mail: 'mail',
  sms: 'sms',
  totp: 'totp',
  paper: 'paper',
  passkey: 'passkey',
  psc: 'psc',
  cps: 'cps',
};

/** What whoever comes this way will have proved; beside what the session of the browser proved, when it goes on. */
export function proofBy(
  { means, person }: Dossier,
  { who, way, at, beside }: { who: Who; way: Way; at: number; beside?: Proof | undefined },
): Proof {
  const mode = modeOf(way);
  const asks = way === 'login-mdp' || (isCode(way) && !beside);
  const roots = new Set<Root>([
    ...(asks ? rootsOf(means, 'password') : []),
    ...(way === 'login-mdp' ? [] : [ROOT[way]]),
    ...(beside?.roots ?? []),
  ]);
  const amr = new Set([
    ...(MODES.find(({ id }) => id === mode)?.amr ?? []),
    ...(way === 'sms' ? ['sms'] : []),
    ...(way === 'passkey' ? ['hwk', 'swk'] : []),
    ...(beside?.amr ?? []),
  ]);
  return { who, account: person.who, mode, roots, amr, at };
}
