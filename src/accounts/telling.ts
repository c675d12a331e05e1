import { CARE } from '../../config/lives.ts';
import type { AuditEvent, AuditLine } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { Notifier } from '../delivery/notifier.ts';
import { paramsOf, type TemplateId } from '../delivery/templates.ts';
import type { RequestInfo } from '../http/request.ts';
import type { EndedBy, Logout } from '../provider/logout.ts';
import type { WhichSessions } from '../provider/sign-ins.ts';
import { spoken } from '../spoken.ts';
import type { Storage } from '../storage.ts';
import type { Account } from './account.ts';
import { type Circumstances, wanted } from './circumstances.ts';
import { newUndoCode, type Replaced } from './undo.ts';

export interface CareParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logout: Logout;
  readonly notifier: Notifier;
  readonly issuer: string;
  readonly circumstances: Circumstances;
}

/** Who changes the account, and from where. */
export interface Asking {
  readonly locale: string;
  readonly request: RequestInfo;
  /** It is an agent who asks, and not the person. */
  readonly byHelpDesk?: boolean;
}

export interface Telling {
  readonly template: TemplateId;
  readonly params?: Readonly<Record<string, string>>;
  /** The account's own mail, unless said otherwise. */
  readonly to?: string | undefined;
}

export interface Change {
  /** As it was before. */
  readonly account: Account;
  readonly asking: Asking;
  readonly event: AuditEvent;
  /** A function where it depends on what the change did. */
  readonly details?: AuditLine['details'] | (() => AuditLine['details']);
  /** A function where it depends on what the change did. */
  readonly tell: readonly Telling[] | (() => readonly Telling[]);
  /** What it replaces, for whoever undoes it or goes further back. A function where it depends on what the change did. */
  readonly before?: Replaced | (() => Replaced | undefined);
  /** When the change was made that this one undoes. */
  readonly undoes?: Date;
  readonly ending?: {
    readonly which: WhichSessions;
    readonly by: EndedBy;
    readonly everything?: boolean;
    /** Whoever stands above the account does it: undo codes made before end too. */
    readonly undosToo?: boolean;
  };
  /** The change itself. @throws to leave everything as it was */
  work(tx: Storage): Promise<void>;
}

type Written = Omit<Change, 'ending'>;

/** One change of an account, in a transaction of the caller's, who then announces the notices. @returns their ids */
export const createWriting =
  ({ clock, issuer, circumstances }: Pick<CareParts, 'clock' | 'issuer' | 'circumstances'>) =>
  async (tx: Storage, { account, asking, event, details, tell, before, undoes, work }: Written): Promise<string[]> => {
    const at = clock();
    const { locale, request, byHelpDesk } = asking;
    await work(tx);
    const expiresAt = new Date(at.getTime() + CARE.undo * 1000);
    const code = newUndoCode();
    const known: Record<string, string> = {
      ...(await circumstances.of(tx, { account, at, locale, request, byHelpDesk })),
      until: spoken(expiresAt, locale, circumstances.zoneOf(account)),
      recovery: `${issuer}/mot-de-passe-oublie`,
      undo: `${issuer}/compte/annuler#${code}`,
      code,
    };
    const notices: string[] = [];
    const tellings = typeof tell === 'function' ? tell() : tell;
    const own = account.emailVerified ? account.email : undefined;
    const replaced = typeof before === 'function' ? before() : before;
    if (replaced) {
      const sentTo = tellings.find(({ template }) => paramsOf(template).includes('code'))?.to ?? own;
      await tx.undos.insert({ accountId: account.id, code, before: replaced, at, expiresAt, sentTo, undoes });
    }
    for (const { template, params, to = own } of tellings) {
      if (to === undefined) continue;
      const values = wanted(template, { ...known, ...params });
      notices.push(await tx.notices.write({ template, to, locale, at, params: values, accountId: account.id }));
    }
    const said = typeof details === 'function' ? details() : details;
    const line = { accountId: account.id, supportCode: request.supportCode, address: request.address };
    await tx.audit.write({ event, ...line, ...(said ? { details: said } : {}) });
    return notices;
  };

/** One change of an account: itself, its audit line, its undo and its notices in one transaction; then the mails leave. */
export function createChanging({ storage, clock, logout, notifier, issuer, circumstances }: CareParts) {
  const written = createWriting({ clock, issuer, circumstances });
  return async ({ ending, ...change }: Change): Promise<void> => {
    const { account, asking } = change;
    const { supportCode, address } = asking.request;
    const at = clock();
    let notices: string[] = [];
    const write = async (tx: Storage) => {
      notices = await written(tx, change);
    };
    if (ending) {
      const { which, by, everything = false, undosToo = false } = ending;
      const line = { accountId: account.id, supportCode, address };
      await logout.end(which, by, { everything, also: write, line, ...(undosToo ? { undosBefore: at } : {}) });
    } else await storage.transaction(write);
    await notifier.announce(notices);
  };
}

export type Changing = ReturnType<typeof createChanging>;
