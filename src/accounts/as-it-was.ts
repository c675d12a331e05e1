import type { Storage } from '../storage.ts';
import { beforeRemoving, relink, removeIdentity, unlink } from './identities.ts';
import type { Outcome } from './outcomes.ts';
import type { Replaced, Undo } from './undo.ts';

/** The moment to which an account is taken back. */
export interface Moment {
  readonly accountId: string;
  /** What was added from then on goes; undefined: whatever lets somebody in goes, and nothing comes back. */
  readonly since: Date | undefined;
  readonly now: Date;
}

interface Ground extends Omit<Moment, 'since'> {
  readonly tx: Storage;
  readonly since: Date;
  readonly comesBack: boolean;
  /** Of one kind, the oldest first. */
  was<K extends Replaced['kind']>(kind: K): Extract<Replaced, { kind: K }>[];
}

/** One kind of thing that changes in an account, taken back to the moment. */
type Step = (ground: Ground) => Promise<readonly (Outcome | false | undefined)[]>;

const mail: Step = async ({ tx, accountId, was }) => {
  const [first] = was('mail');
  if (!first) return [];
  const { value, verified } = first;
  if ((await tx.care.setContact(accountId, 'mail', { value, verified })) === 'done') return ['mail-back'];
  // It is somebody else's now. What stands in its place is not the owner's either.
  await tx.care.setContact(accountId, 'mail', { value: undefined, verified: false });
  return ['mail-not-back'];
};

const phone: Step = async ({ tx, accountId, was }) => {
  const [first] = was('sms');
  if (!first) return [];
  const { value, verified } = first;
  await tx.care.setContact(accountId, 'sms', { value, verified });
  return ['phone-back'];
};

/** Whoever came in may have learned it: the one of that moment does not come back either. */
const password: Step = async ({ tx, accountId }) => [(await tx.care.removePassword(accountId)) && 'password-gone'];

const passkeys: Step = async ({ tx, accountId, since, comesBack, now, was }) => {
  const added = new Set(was('passkey-added').map(({ id }) => id));
  const keys = await tx.passkeys.of(accountId);
  const gone = keys.filter(({ id, createdAt }) => createdAt >= since || added.has(id));
  for (const { id } of gone) await tx.passkeys.remove(accountId, id, now);
  let back = false;
  for (const { id } of comesBack ? was('passkey-removed') : [])
    if (!added.has(id)) back = (await tx.passkeys.restore(accountId, id, since)) || back;
  return [gone.length > 0 && 'passkeys-gone', back && 'passkeys-back'];
};

const authenticator: Step = async ({ tx, accountId, since, comesBack, now, was }) => {
  const current = await tx.authenticators.of(accountId);
  const added = new Set(was('authenticator-added').map(({ id }) => id));
  const gone = current?.confirmedAt !== undefined && (current.confirmedAt >= since || added.has(current.id));
  if (gone) await tx.authenticators.remove(accountId, now);
  const [removed] = was('authenticator-removed').filter(({ id }) => !added.has(id));
  const back = comesBack && removed && (await tx.authenticators.restore(accountId, removed.id, now));
  return [gone && 'authenticator-gone', back && 'authenticator-back'];
};

/** The list that others replaced is not kept: it may have been read. */
const recoveryCodes: Step = async ({ tx, accountId, since }) => {
  const madeAt = await tx.recoveryCodes.madeAt(accountId);
  if (!madeAt || madeAt < since) return [];
  await tx.recoveryCodes.remove(accountId);
  return ['codes-gone'];
};

const identities: Step = async ({ tx, accountId, comesBack, was }) => {
  const linked = was('identity-linked').reverse();
  for (const one of linked) await unlink(tx, accountId, one);
  const came = ({ source, externalId }: { source: string; externalId: string }) =>
    linked.some((one) => one.source === source && one.externalId === externalId);
  const removed = comesBack ? was('identity-removed').filter((one) => !came(one)) : [];
  let failed = false;
  for (const one of removed.toReversed()) failed = !(await relink(tx, accountId, one)) || failed;
  // Those whose journal is over: joined by a password and a code, which somebody may have had.
  const old = comesBack ? [] : (await tx.accounts.identitiesOf(accountId)).filter(({ road }) => JOINED.has(road));
  for (const one of old) {
    const account = await tx.accounts.byId(accountId);
    if (account) await removeIdentity(tx, account, await beforeRemoving(tx, account, one));
  }
  return [
    linked.length + old.length > 0 && 'identities-gone',
    removed.length > 0 && (failed ? 'identities-not-back' : 'identities-back'),
  ];
};
const JOINED: ReadonlySet<string> = new Set(['owner', 'help-desk', 'unknown']);

/** A desktop that somebody removed signs in again with a key of its own: it is not put back. */
const desktops: Step = async ({ tx, accountId, since, now }) => {
  const gone = (await tx.desktopDevices.of(accountId)).filter(({ createdAt }) => createdAt >= since);
  for (const { id } of gone) await tx.desktopDevices.revoke(id, accountId, now);
  const removed = await tx.desktopDevices.revokedSince(accountId, since);
  return [gone.length > 0 && 'desktops-gone', removed.length > 0 && 'desktops-not-back'];
};

/** One that was widened since goes whole: the application asks again. */
const consents: Step = async ({ tx, accountId, since }) => {
  const given = (await tx.care.consents(accountId)).filter(({ givenAt }) => givenAt >= since);
  for (const { clientId } of given) await tx.consents.revoke(accountId, clientId);
  return [given.length > 0 && 'consents-gone'];
};

/** A way that was opened closes again. One that was closed stays so: its owner may have closed it on somebody. */
const doors: Step = async ({ tx, accountId, since, was }) => {
  const closed = (await tx.care.closedDoors(accountId)).filter(({ at }) => at >= since);
  const opened = was('door-opened');
  for (const { mode, closedAt } of opened) await tx.care.closeDoor(accountId, mode, closedAt);
  return [opened.length > 0 && 'doors-shut', closed.length > 0 && 'doors-not-back'];
};

const closing: Step = async ({ tx, accountId, comesBack, was }) => {
  if (!comesBack || was('closing').length === 0) return [];
  const back = await tx.accounts.setStatus(accountId, { by: 'undo', to: 'active', reason: 'reopened by its owner' });
  return [back && 'reopened'];
};

/** Somebody knew how to come in: each sign-in is told, until the person says that it is enough. */
const notices: Step = async ({ tx, accountId }) => {
  await tx.preferences.setTellsEach(accountId, true);
  return ['notices-on'];
};

/** In the order in which the person reads what was done. */
const STEPS: readonly Step[] = [
  mail,
  phone,
  password,
  passkeys,
  authenticator,
  recoveryCodes,
  identities,
  desktops,
  consents,
  doors,
  closing,
  notices,
];

/**
 * Takes an account back to a moment, in the caller's transaction, which also ends its sessions and all that was proved
 * (`Logout.end`). What was added since goes, what was removed since comes back where that is safe, and every undo made
 * since is used up: what was taken back is no state to come back to. So is every earlier one whose code went elsewhere
 * than to the mailbox of that moment.
 * @param journal read before anything of it was used
 * @returns what it did, in the order in which it is told
 */
export async function asItWas(tx: Storage, moment: Moment, journal: readonly Undo[]): Promise<Outcome[]> {
  const { accountId, now, since = new Date(0) } = moment;
  const ground: Ground = {
    tx,
    accountId,
    now,
    since,
    comesBack: moment.since !== undefined,
    was: (kind) => journal.flatMap(({ before }) => (before.kind === kind ? [before as never] : [])),
  };
  const outcomes: Outcome[] = [];
  for (const step of STEPS) outcomes.push(...(await step(ground)).filter((one): one is Outcome => Boolean(one)));
  const { email, emailVerified } = (await tx.accounts.byId(accountId)) ?? {};
  await tx.undos.useSince(accountId, since, now, emailVerified ? email : undefined);
  return outcomes;
}
