import { randomUUID } from 'node:crypto';
import type { Account } from '../accounts/account.ts';
import { unblockAccount } from '../accounts/blocking.ts';
import { type Asking, type CareParts, createChanging, type Telling } from '../accounts/telling.ts';
import { localeOf } from '../delivery/mail-frame.ts';
import { FlowError, UserError } from '../http/errors.ts';
import { type Limits, unlock } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import { ACTIONS, HELP_DESK, type HelpAction, type HelpParams } from './help-desk.ts';
import { createApprovedLink } from './linking.ts';
import { checkMoment, createRecovering } from './recovering.ts';

/** A request that nobody approved by then is void. */
const OPEN_FOR = 24 * 60 * 60 * 1000;

export interface Agent {
  readonly account: Account;
  readonly asking: Asking;
}

/**
 * What the help desk does for somebody: it sees no secret, sets no password, and gives no role. Nobody helps themselves,
 * and an agent does nothing to another agent or to whoever has a role.
 */
export function createHelping(parts: CareParts, limits: Limits) {
  const { storage, clock, notifier, logout } = parts;
  const change = createChanging(parts);
  const recover = createRecovering(parts, change);
  const link = createApprovedLink(change, storage);

  function mayHelp(agent: Agent, account: Account): void {
    if (!agent.account.roles.includes(HELP_DESK)) throw new FlowError('role-missing');
    if (agent.account.id === account.id || account.roles.length > 0) throw new FlowError('help-desk-forbidden');
  }

  const accountOf = async (id: string): Promise<Account> => {
    const account = await storage.accounts.byId(id);
    if (!account) throw new FlowError('not-found');
    return account;
  };

  /** One change by the help desk: audited with who did it, and told to the person. */
  const act = (
    agent: Agent,
    account: Account,
    action: HelpAction,
    work: (tx: Storage) => Promise<void>,
    {
      tell = [],
      approvedBy,
      sessions = false,
    }: { tell?: readonly Telling[]; approvedBy?: string; sessions?: boolean } = {},
  ) =>
    change({
      account,
      asking: byHelpDesk(agent, account),
      event: 'help-desk.acted',
      details: { action, by: agent.account.id, ...(approvedBy ? { approvedBy } : {}) },
      tell: [{ template: 'help-desk-acted', params: { what: WORDS[action][localeOf(languageOf(account))] } }, ...tell],
      ...(sessions ? { ending: { which: { accountId: account.id }, by: 'help-desk' as const, everything: true } } : {}),
      work,
    });

  const alone: Partial<Record<HelpAction, (agent: Agent, account: Account, params: HelpParams) => Promise<void>>> = {
    async unlock(agent, account) {
      await unlock(limits, account.id);
      await act(agent, account, 'unlock', async () => undefined);
    },
    'end-sessions': (agent, account) => act(agent, account, 'end-sessions', async () => undefined, { sessions: true }),
    'revoke-passkey': (agent, account, { passkey = '' }) =>
      act(
        agent,
        account,
        'revoke-passkey',
        async (tx) => {
          if (!(await tx.passkeys.remove(account.id, passkey, clock()))) throw new FlowError('account-changed');
        },
        { sessions: true },
      ),
    'revoke-authenticator': (agent, account) =>
      act(
        agent,
        account,
        'revoke-authenticator',
        async (tx) => {
          if (!(await tx.authenticators.remove(account.id, clock()))) throw new FlowError('account-changed');
        },
        { sessions: true },
      ),
    'revoke-codes': (agent, account) =>
      act(agent, account, 'revoke-codes', (tx) => tx.recoveryCodes.remove(account.id), { sessions: true }),
  };

  return {
    mayHelp,
    accountOf,

    /** Every look is written down; the person is told, once an hour for each agent. */
    async look(agent: Agent, id: string): Promise<Account> {
      const account = await accountOf(id);
      if (!agent.account.roles.includes(HELP_DESK)) throw new FlowError('role-missing');
      const now = clock();
      const told = await storage.helpDesk.lookedSince(id, agent.account.id, new Date(now.getTime() - 60 * 60 * 1000));
      const { supportCode, address } = agent.asking.request;
      const line = { event: 'help-desk.looked', accountId: id, supportCode, address } as const;
      const details = { by: agent.account.id };
      if (told) await storage.audit.write({ ...line, details });
      else
        await change({
          account,
          asking: byHelpDesk(agent, account),
          event: line.event,
          details,
          tell: [{ template: 'help-desk-looked' }],
          work: async () => undefined,
        });
      return account;
    },

    /** @returns whether somebody else must approve it first */
    async ask(agent: Agent, id: string, action: HelpAction, params: HelpParams): Promise<boolean> {
      const account = await accountOf(id);
      mayHelp(agent, account);
      if (!ACTIONS[action].fourEyes) {
        await alone[action]?.(agent, account, params);
        return false;
      }
      if (action === 'recovery' && !params.email) throw new UserError('field-missing', { fields: ['email'] });
      const now = clock();
      if (action === 'recovery') checkMoment(params.since, now);
      const { supportCode, address } = agent.asking.request;
      await storage.transaction(async (tx) => {
        await tx.helpDesk.insert({
          id: randomUUID(),
          accountId: id,
          action,
          params,
          askedBy: agent.account.id,
          askedAt: now,
          expiresAt: new Date(now.getTime() + OPEN_FOR),
        });
        const details = { action, by: agent.account.id };
        await tx.audit.write({ event: 'help-desk.asked', accountId: id, supportCode, address, details });
      });
      return true;
    },

    /** The second pair of eyes: another agent, who is not concerned. @throws {FlowError} `four-eyes` */
    async settle(agent: Agent, requestId: string, approved: boolean): Promise<void> {
      if (!agent.account.roles.includes(HELP_DESK)) throw new FlowError('role-missing');
      const { supportCode, address } = agent.asking.request;
      const settled = await storage.helpDesk.settle(requestId, agent.account.id, approved, clock());
      if (!settled) throw new FlowError('four-eyes');
      const { accountId, action, params, askedBy } = settled;
      const account = await accountOf(accountId);
      mayHelp(agent, account);
      if (!approved) {
        const details = { action, by: agent.account.id, askedBy };
        await storage.audit.write({ event: 'help-desk.declined', accountId, supportCode, address, details });
        return;
      }
      if (action === 'unblock') {
        await unblockAccount(storage, accountId, 'help-desk');
        // Read again: its pages are open by now, and its person is sent there.
        await act(agent, await accountOf(accountId), action, async () => undefined, { approvedBy: agent.account.id });
        return;
      }
      const approval = { account, asking: byHelpDesk(agent, account), by: askedBy, approvedBy: agent.account.id };
      if (action === 'recovery') await recover(approval, params);
      else if (action === 'link-identity') await link(approval, params, settled.askedAt);
    },
    notifier,
    logout,
  };
}

export type Helping = ReturnType<typeof createHelping>;

/** They are written for the person, who need not read what the agent reads. */
const languageOf = ({ locale }: Account): string => locale ?? 'fr';

const byHelpDesk = ({ asking }: Agent, account: Account): Asking => ({
  ...asking,
  locale: languageOf(account),
  byHelpDesk: true,
});

/** What the person reads in the mail. */
const WORDS: Readonly<Record<HelpAction, Readonly<Record<'fr' | 'en', string>>>> = {
  unlock: { fr: 'votre compte a été déverrouillé', en: 'your account was unlocked' },
  'end-sessions': { fr: 'toutes vos sessions ont été fermées', en: 'all your sessions were ended' },
  'revoke-passkey': { fr: 'une clé d’accès a été retirée', en: 'a passkey was removed' },
  'revoke-authenticator': {
    fr: 'l’application d’authentification a été retirée',
    en: 'the authenticator application was removed',
  },
  'revoke-codes': { fr: 'vos codes de secours ont été annulés', en: 'your recovery codes were cancelled' },
  unblock: { fr: 'votre compte a été rouvert', en: 'your account was opened again' },
  recovery: { fr: 'l’accès à votre compte a été rendu', en: 'access to your account was given back' },
  'link-identity': {
    fr: 'une carte ou une identité a été rattachée à votre compte',
    en: 'a card or an identity was joined to your account',
  },
};
