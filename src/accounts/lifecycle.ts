import type { Clock } from '../clock.ts';
import type { LifecycleJob, LifecycleQueue } from '../delivery/jobs.ts';
import type { Notifier } from '../delivery/notifier.ts';
import type { Log } from '../log.ts';
import type { Logout } from '../provider/logout.ts';
import type { Storage } from '../storage.ts';
import type { Circumstances } from './circumstances.ts';

export const LIFECYCLE_STEPS = ['recheck-mail', 'unverify-mail', 'warn-idle', 'suspend-idle', 'erase'] as const;
export type LifecycleStep = (typeof LIFECYCLE_STEPS)[number];

/** Days to answer, after the mail that asked. */
const TO_VERIFY = 30;
const TO_COME_BACK = 14;
/** Of one step: four sweeps a day ask a million people for their mail once a year, with room to spare. */
const PER_SWEEP = 5000;
const DAY = 24 * 60 * 60 * 1000;

export interface LifecycleSettings {
  readonly MAIL_RECHECK_DAYS: number;
  readonly IDLE_WARN_DAYS: number;
  readonly IDLE_SUSPEND_DAYS: number;
  readonly ERASE_CLOSED_DAYS: number;
}

/** Since when a step is due: what is older than `before`, and was told before `toldBefore`. */
export interface Due {
  readonly before: Date;
  readonly toldBefore: Date;
  readonly now: Date;
}

/** The queries of lifecycles; implemented on PostgreSQL in adapters/db/lifecycles.ts. */
export interface Lifecycles {
  /** Who has waited longest comes first. */
  due(step: LifecycleStep, due: Due, limit: number): Promise<string[]>;
  isDue(step: LifecycleStep, accountId: string, due: Due): Promise<boolean>;
  /** Does the step if it is still due: for one caller only. `erase` leaves the audit. */
  take(step: LifecycleStep, accountId: string, due: Due): Promise<boolean>;
  /** A code came back from the account's mail. */
  mailChecked(accountId: string, at: Date): Promise<void>;
  /** Its server refuses this address. @returns false when it is known, or no longer the account's */
  mailRefused(accountId: string, to: string, at: Date): Promise<boolean>;
  /** A code came back from this number, or its phone has the message of then. */
  phoneReached(accountId: string, to: string, at: Date): Promise<void>;
  /**
   * A message of then reaches nobody at this number.
   * @returns false when it is known, no longer the account's, or was reached since
   */
  phoneRefused(accountId: string, to: string, at: Date): Promise<boolean>;
}

/** @returns undefined for a step that the settings leave out */
export function dueAt(step: LifecycleStep, settings: LifecycleSettings, now: Date): Due | undefined {
  const days: Record<LifecycleStep, readonly [number, number]> = {
    'recheck-mail': [settings.MAIL_RECHECK_DAYS, 0],
    'unverify-mail': [settings.MAIL_RECHECK_DAYS, TO_VERIFY],
    'warn-idle': [settings.IDLE_WARN_DAYS, 0],
    'suspend-idle': [settings.IDLE_SUSPEND_DAYS, TO_COME_BACK],
    erase: [settings.ERASE_CLOSED_DAYS, 0],
  };
  const [after, told] = days[step];
  const ago = (count: number) => new Date(now.getTime() - count * DAY);
  return after === 0 ? undefined : { before: ago(after), toldBefore: ago(told), now };
}

const EVENTS = {
  'recheck-mail': 'account.mail-recheck-asked',
  'unverify-mail': 'account.mail-unverified',
  'warn-idle': 'account.idle-warned',
  'suspend-idle': 'account.idle-suspended',
  erase: 'account.erased',
} as const;
const TEMPLATES = {
  'recheck-mail': 'mail-recheck',
  'warn-idle': 'idle-warning',
  'suspend-idle': 'idle-suspended',
} as const;

export interface LifecycleParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly settings: LifecycleSettings;
  readonly circumstances: Circumstances;
  readonly logout: Logout;
  readonly notifier: Notifier;
}

/** One step of one account, if it is still due. */
export async function advance(parts: LifecycleParts, { accountId, step }: LifecycleJob): Promise<boolean> {
  const { storage, clock, settings, logout, notifier, circumstances } = parts;
  const now = clock();
  const due = dueAt(step, settings, now);
  const account = due && (await storage.accounts.byId(accountId));
  if (!due || !account) return false;
  const notices: string[] = [];
  let done = false;
  const work = async (tx: Storage) => {
    done = await tx.lifecycles.take(step, accountId, due);
    if (!done) return;
    await tx.audit.write({ event: EVENTS[step], accountId });
    const template = step in TEMPLATES ? TEMPLATES[step as keyof typeof TEMPLATES] : undefined;
    if (!template) return;
    notices.push(...(await circumstances.tell(tx, { account, at: now, locale: account.locale ?? 'fr' }, template)));
  };
  if (step === 'suspend-idle') {
    // Asked first, so that the sessions of an account that is not idle are left alone.
    if (await storage.lifecycles.isDue(step, accountId, due))
      await logout.end({ accountId }, 'blocked', { everything: true, also: work });
  } else await storage.transaction(work);
  await notifier.announce(notices);
  return done;
}

/** Gives the queue what is due; the same step of the same account is one job. */
export async function sweepLifecycles(
  { storage, clock, settings, log }: Pick<LifecycleParts, 'storage' | 'clock' | 'settings'> & { log: Log },
  queue: LifecycleQueue,
  limit = PER_SWEEP,
): Promise<number> {
  let sent = 0;
  for (const step of LIFECYCLE_STEPS) {
    const due = dueAt(step, settings, clock());
    for (const accountId of due ? await storage.lifecycles.due(step, due, limit) : []) {
      await queue.send({ accountId, step });
      sent += 1;
    }
  }
  if (sent > 0) log.info({ sent }, 'accounts to look after');
  return sent;
}
