import type { ModeId } from '../../config/modes.ts';
import { masked } from '../challenges/codes.ts';
import { FlowError, UserError } from '../http/errors.ts';
import type { Storage } from '../storage.ts';
import type { Account, Channel } from './account.ts';
import type { ContactChange } from './care.ts';
import { mailResetEnded } from './mail-reset.ts';
import type { Passwords } from './passwords.ts';
import type { Asking, CareParts, Changing } from './telling.ts';

const refuseContact = (outcome: ContactChange, channel: Channel): void => {
  if (outcome === 'taken') throw new UserError('contact-taken', { channel });
  if (outcome === 'overtaken') throw new FlowError('account-changed', { channel });
};

/** What people change of their own account; who they are was proved before. */
export function createSelfCare({ storage, clock }: CareParts, passwords: Passwords, change: Changing) {
  return {
    /** The new address or number proved itself by a code, which `spend` uses up. */
    async contact(
      account: Account,
      channel: Channel,
      value: string,
      asking: Asking,
      spend: (tx: Storage) => Promise<void>,
    ): Promise<void> {
      const old = channel === 'mail' ? account.email : account.phone;
      const verified = channel === 'mail' ? account.emailVerified : account.phoneVerified;
      const same = old === value;
      await change({
        account,
        asking,
        event: 'account.contact-changed',
        details: { channel, same },
        tell: same
          ? []
          : channel === 'mail'
            ? [
                ...(old ? [{ template: 'mail-changed', params: { to: masked('mail', value) } } as const] : []),
                { template: 'mail-now-here', to: value },
              ]
            : [{ template: 'phone-changed', params: { to: masked('sms', value) } }],
        ...(same ? {} : { before: { kind: channel, value: old, verified } }),
        async work(tx) {
          await spend(tx);
          refuseContact(
            await tx.care.setContact(account.id, channel, { value, verified: true }, { value: old }),
            channel,
          );
          if (channel === 'mail') await tx.lifecycles.mailChecked(account.id, clock());
          else await tx.lifecycles.phoneReached(account.id, value, clock());
        },
      });
    },

    /** Ends every session but this one; all of them where nobody is signed in. */
    async password(
      account: Account,
      password: string,
      asking: Asking,
      sessionUid?: string,
      also?: (tx: Storage) => Promise<void>,
    ): Promise<void> {
      const [hash, before] = await Promise.all([passwords.hash(password), storage.care.passwordHash(account.id)]);
      await change({
        account,
        asking,
        event: 'account.password-changed',
        tell: [{ template: 'password-changed' }],
        before: { kind: 'password', hash: before, mailResetAt: account.mailResetAt?.toISOString() },
        ending: {
          which: { accountId: account.id, ...(sessionUid === undefined ? {} : { except: sessionUid }) },
          by: 'password-changed',
          everything: true,
        },
        async work(tx) {
          await also?.(tx);
          await tx.accounts.setPasswordHash(account.id, hash);
          // Chosen in a session, it rests on what that session proved: two factors, where the mail gave the one before.
          const { supportCode, address } = asking.request;
          if (sessionUid !== undefined) await mailResetEnded(tx, account, 'password', { supportCode, address });
        },
      });
    },

    /** A sign-in that was somebody else's: its door closes, and every session but this one ends. */
    async notMe(
      account: Account,
      signInId: string,
      asking: Asking,
      sessionUid: string,
      modeName: string,
    ): Promise<ModeId> {
      const past = (await storage.care.history(account.id, 500)).find(({ id }) => id === signInId);
      if (!past) throw new FlowError('not-found');
      const { mode, passkeyId } = past;
      await change({
        account,
        asking,
        event: 'account.sign-in-disowned',
        details: { mode, signIn: signInId },
        tell: [{ template: 'door-closed', params: { mode: modeName } }],
        ending: { which: { accountId: account.id, except: sessionUid }, by: 'owner', everything: true },
        async work(tx) {
          // Somebody knows how to come in: from now on each sign-in is told, until the person says that it is enough.
          await tx.preferences.setTellsEach(account.id, true);
          if (mode === 'login-mdp' || mode === 'code-ephemere') await tx.care.removePassword(account.id);
          else if (mode === 'cle-acces' && passkeyId) await tx.passkeys.remove(account.id, passkeyId, clock());
          else await tx.care.closeDoor(account.id, mode, clock());
        },
      });
      return mode;
    },

    /** As somebody else may open it too, it is told and can be undone. */
    async openDoor(account: Account, mode: ModeId, asking: Asking, modeName: string): Promise<void> {
      const closed = (await storage.care.closedDoors(account.id)).find((door) => door.mode === mode);
      if (!closed) return;
      await change({
        account,
        asking,
        event: 'account.door-opened',
        details: { mode },
        tell: [{ template: 'door-opened', params: { mode: modeName } }],
        before: { kind: 'door-opened', mode, closedAt: closed.at },
        async work(tx) {
          if (!(await tx.care.openDoor(account.id, mode))) throw new FlowError('account-changed');
        },
      });
    },

    async close(account: Account, asking: Asking): Promise<void> {
      await change({
        account,
        asking,
        event: 'account.closed',
        tell: [{ template: 'account-closed' }],
        before: { kind: 'closing' },
        ending: { which: { accountId: account.id }, by: 'closed', everything: true },
        async work(tx) {
          if (!(await tx.accounts.setStatus(account.id, { by: 'owner', to: 'closed', reason: 'closed by its owner' })))
            throw new FlowError('account-changed');
        },
      });
    },
  };
}

export type SelfCare = ReturnType<typeof createSelfCare>;
