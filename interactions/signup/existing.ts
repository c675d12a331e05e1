import type { RouterContext } from '@koa/router';
import type { ModeId } from '../../config/modes.ts';
import { type Account, NATIONAL_ID } from '../../src/accounts/account.ts';
import type { Circumstances } from '../../src/accounts/circumstances.ts';
import { beforeLinking } from '../../src/accounts/identities.ts';
import { identityWords } from '../../src/accounts/identity-words.ts';
import { LOGIN_MAX } from '../../src/accounts/login-key.ts';
import { type OwnProof, ownProofOf } from '../../src/accounts/own-proof.ts';
import type { PasswordSignIn } from '../../src/accounts/password-sign-in.ts';
import { PASSWORD_MAX } from '../../src/accounts/passwords.ts';
import { stands } from '../../src/accounts/since.ts';
import { createWriting } from '../../src/accounts/telling.ts';
import type { CheckedCode, Codes } from '../../src/challenges/codes.ts';
import type { Clock } from '../../src/clock.ts';
import type { Notifier } from '../../src/delivery/notifier.ts';
import { CREDENTIAL_MAX } from '../../src/factors/credential-json.ts';
import type { PasskeyCeremonies } from '../../src/factors/passkey-ceremonies.ts';
import type { Totp } from '../../src/factors/totp.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { line, readFields, required } from '../../src/http/form.ts';
import { noStore } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Storage } from '../../src/storage.ts';
import { askToLink, needsDecision } from '../../src/support/linking.ts';
import { auditGround } from './completion.ts';
import type { Draft } from './draft.ts';
import type { Ground } from './ground.ts';

export interface ExistingParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly codes: Codes;
  readonly passkeys: PasskeyCeremonies;
  readonly totp: Totp;
  readonly notifier: Notifier;
  readonly passwordSignIn: PasswordSignIn;
  readonly issuer: string;
  readonly circumstances: Circumstances;
}

/** What was proved beside the password. */
interface Proved {
  spend(tx: Storage): Promise<void>;
  succeeded?(): Promise<void>;
}

/**
 * "I already have an account": it is joined once its owner has proved it, by password and by the strongest that the
 * account has. Never by a name or a mail address, which prove nothing; and a name that is unlike its own is for an agent to
 * decide.
 */
export function createExisting(parts: ExistingParts) {
  const { storage, clock, codes, passkeys, totp, notifier, passwordSignIn } = parts;
  const written = createWriting(parts);
  const contextOf = (ground: Ground) => `existing:${ground.flow}`;

  /** The number of a register is one person's: an account that has another one of the same kind is somebody else's. */
  async function checkIdentity({ identity }: Ground, accountId: string): Promise<void> {
    if (!identity) throw new FlowError('step-out-of-order');
    if (identity.source !== NATIONAL_ID) return;
    const known = await storage.accounts.identity(accountId, NATIONAL_ID);
    if (known && known !== identity.externalId && known.charAt(0) === identity.externalId.charAt(0))
      throw new UserError('account-other-identity');
  }

  async function owner({ draft }: Ground): Promise<Account> {
    const account = draft.existing && (await storage.accounts.byId(draft.existing.accountId));
    if (account?.status !== 'active' || !draft.existing) throw new FlowError('step-out-of-order');
    if (!stands(account, new Date(draft.existing.passwordAt))) throw new FlowError('proof-overtaken');
    return account;
  }

  const onward = (ctx: RouterContext, { path }: Ground, step: 'code' | 'proof') => {
    ctx.status = 303;
    ctx.redirect(`${path}/existing/${step}`);
  };

  async function send(ctx: RouterContext, ground: Ground, account: Account, draft: Draft, { channel }: OwnProof) {
    const { existing } = draft;
    if (!existing || !channel) throw new UserError(account.mailResetAt ? 'mailbox-twice' : 'no-channel');
    await codes.send(
      {
        account,
        channel,
        flow: `${ground.flow}:existing`,
        locale: ground.lang,
        clientId: ground.clientId,
        application: ground.application,
        request: requestInfo(ctx.req),
        current: existing.challengeId,
      },
      (tx, challengeId) => ground.save({ ...draft, existing: { ...existing, challengeId } }, tx),
    );
    onward(ctx, ground, 'code');
  }

  async function check(ctx: RouterContext, { draft, clientId }: Ground): Promise<CheckedCode> {
    const { code } = readFields(ctx, { code: required(40) });
    if (!draft.existing?.challengeId) throw new UserError('code-expired');
    try {
      return await codes.check(draft.existing.challengeId, code, clientId, requestInfo(ctx.req));
    } catch (error) {
      if (error instanceof FlowError && (error.code === 'code-expired' || error.code === 'code-too-many-tries'))
        throw new UserError(error.code);
      throw error;
    }
  }

  async function join(ctx: RouterContext, ground: Ground, account: Account, proved: Proved): Promise<void> {
    const { identity, statement } = ground;
    await checkIdentity(ground, account.id);
    if (!identity) throw new FlowError('step-out-of-order');
    if (needsDecision(statement, account)) {
      const { familyName, givenName } = statement ?? {};
      await storage.transaction(async (tx) => {
        await proved.spend(tx);
        await ground.save({ ...ground.draft, existing: undefined }, tx);
        await askToLink(tx, account, { ...identity, familyName, givenName }, clock(), auditGround(ctx, ground));
      });
      await proved.succeeded?.();
      throw new FlowError('identity-needs-decision');
    }
    let notices: string[] = [];
    const params = { identity: identityWords(identity.source, ground.lang) };
    const before = await beforeLinking(storage, account, identity);
    await ground.finish(ctx, account.id, async (tx) => {
      await proved.spend(tx);
      notices = await written(tx, {
        account,
        asking: { locale: ground.lang, request: requestInfo(ctx.req) },
        event: 'account.identity-linked',
        details: { source: identity.source, by: 'owner' },
        tell: [{ template: 'identity-linked', params }],
        before,
        work: () => tx.accounts.linkIdentity(account.id, identity.source, identity.externalId, 'owner'),
      });
      await tx.signUpDrafts.forget(identity);
    });
    await notifier.announce(notices);
    await proved.succeeded?.();
  }

  return {
    owner,
    proofOf: (account: Account) => ownProofOf(storage, account),

    async password(ctx: RouterContext, ground: Ground, mode: ModeId): Promise<void> {
      const { login, password } = readFields(ctx, {
        login: required(LOGIN_MAX),
        password: line(PASSWORD_MAX).min(1),
      });
      const clientId = ground.clientId ?? '';
      const request = requestInfo(ctx.req);
      const { account, spend } = await passwordSignIn.verify({ login, password, mode, clientId, request });
      await spend(storage);
      await checkIdentity(ground, account.id);
      const draft = { ...ground.draft, existing: { accountId: account.id, passwordAt: clock().toISOString() } };
      const proof = await ownProofOf(storage, account);
      if (!proof.application && !proof.passkey) return send(ctx, ground, account, draft, proof);
      await ground.save(draft);
      onward(ctx, ground, 'proof');
    },

    async resend(ctx: RouterContext, ground: Ground): Promise<void> {
      const account = await owner(ground);
      await send(ctx, ground, account, ground.draft, await ownProofOf(storage, account));
    },

    async code(ctx: RouterContext, ground: Ground): Promise<void> {
      const account = await owner(ground);
      const checked = await check(ctx, ground);
      // A stronger one may have come to the account since it was sent.
      const { channel } = await ownProofOf(storage, account);
      if (checked.challenge.channel !== channel) throw new FlowError('proof-overtaken');
      await join(ctx, ground, account, checked);
    },

    async application(ctx: RouterContext, ground: Ground): Promise<void> {
      const account = await owner(ground);
      const { code } = readFields(ctx, { code: required(40) });
      const { clientId = '' } = ground;
      await join(ctx, ground, account, await totp.check(account.id, code, { clientId, request: requestInfo(ctx.req) }));
    },

    async passkeyOptions(ctx: RouterContext, ground: Ground): Promise<void> {
      noStore(ctx);
      ctx.body = await passkeys.authenticationOptions(contextOf(ground), (await owner(ground)).id);
    },

    async passkey(ctx: RouterContext, ground: Ground): Promise<void> {
      const account = await owner(ground);
      const { credential } = readFields(ctx, { credential: required(CREDENTIAL_MAX) });
      const said = { request: requestInfo(ctx.req), clientId: ground.clientId ?? '', accountId: account.id };
      await join(ctx, ground, account, await passkeys.check(contextOf(ground), credential, said));
    },
  };
}

export type Existing = ReturnType<typeof createExisting>;
