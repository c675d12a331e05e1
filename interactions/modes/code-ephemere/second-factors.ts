import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { Account, Channel } from '../../../src/accounts/account.ts';
import { completed } from '../../../src/assurance/completion.ts';
import { type Beside, channelsThatCount } from '../../../src/assurance/mailbox.ts';
import { CREDENTIAL_MAX } from '../../../src/factors/credential-json.ts';
import { UserError } from '../../../src/http/errors.ts';
import { readFields, required } from '../../../src/http/form.ts';
import { noStore } from '../../../src/http/headers.ts';
import { requestInfo } from '../../../src/http/request.ts';
import type { Kit, Panel } from '../../kit.ts';
import type { Proof } from '../../mode.ts';
import { modeRow, type Visit } from '../../visit.ts';
import { ID, type Proved } from './state.ts';

const STAGES = ['choosing', 'in-mode'] as const;
const path = (visit: Visit, step: string) => `/interaction/${visit.uid}/${ID}${step}`;
const contextOf = (visit: Visit) => `interaction:${visit.uid}:second`;

/** Where a code would do here, beside the password that is typed here (`fresh`) or that stands already. */
export function channelsHere({ requirement, livingPassword }: Visit, account: Account, { fresh = false } = {}) {
  const upstream = fresh ? undefined : livingPassword?.upstream;
  return channelsThatCount(account, { required: requirement.level, upstream });
}

/** There is nothing to ask this person for: why. */
export const noFactor = ({ email, emailVerified }: Account): UserError =>
  new UserError(email && emailVerified ? 'mailbox-twice' : 'no-channel');

/** What can stand beside this person's password. */
export async function secondFactors(
  { storage }: Pick<Kit, 'storage'>,
  visit: Visit,
  account: Account,
  how?: { fresh: boolean },
) {
  const [authenticator, codesLeft, keys] = await Promise.all([
    storage.authenticators.of(account.id),
    storage.recoveryCodes.left(account.id),
    storage.passkeys.of(account.id),
  ]);
  const hasKey = keys.some(({ suspendedAt }) => !suspendedAt);
  const channels = channelsHere(visit, account, how);
  return {
    channels,
    app: authenticator !== undefined,
    appFirst: authenticator?.preferred === true || (authenticator !== undefined && channels.length === 0),
    codesLeft,
    hasKey,
    /** Besides mail and SMS. */
    others: authenticator !== undefined || codesLeft > 0 || hasKey,
  };
}

/** All that a code can be sent to is a mail that its own server refuses. */
export const isLastWay = (
  { emailRefusedAt }: Account,
  { channels, others }: { channels: readonly Channel[]; others: boolean },
): boolean => emailRefusedAt !== undefined && !others && channels.every((one) => one === 'mail');

export const othersLocals = (visit: Visit, { codesLeft, hasKey }: { codesLeft: number; hasKey: boolean }) => ({
  ...(codesLeft > 0 ? { recoveryHref: path(visit, '/recovery') } : {}),
  ...(hasKey ? { passkeyAction: path(visit, '/passkey') } : {}),
});

const codePanelOf =
  (step: 'app' | 'recovery') =>
  (visit: Visit): Panel => ({
    view: `interactions/modes/code-ephemere/${step}`,
    title: `code-ephemere.title.${step}`,
    underWay: true,
    locals: () => ({ action: path(visit, `/${step}`), otherHref: path(visit, '/channel') }),
  });
export const appPanel = codePanelOf('app');
const recoveryPanel = codePanelOf('recovery');

/** An authenticator application, a code on paper or a passkey, in place of the code that is sent. */
export function secondFactorRoutes(
  router: Router,
  kit: Kit,
  proved: (visit: Visit) => Proved,
  channelPanel: (visit: Visit) => Promise<Panel>,
): void {
  const complete = (
    ctx: RouterContext,
    visit: Visit,
    known: Proved,
    { amr, ...rest }: Pick<Proof, 'spend' | 'succeeded' | 'passkeyId'> & { amr: readonly string[]; beside: Beside },
  ) => {
    const added = { acr: modeRow(ID).acr, amr };
    return kit.complete(ctx, visit, {
      mode: ID,
      subject: { accountId: known.accountId },
      ...(known.completes ? completed(known.completes, added) : added),
      at: kit.clock(),
      passwordAt: new Date(known.passwordAt),
      provedAt: known.completes ? undefined : new Date(known.passwordAt),
      full: !known.completes,
      ...rest,
    });
  };

  for (const [step, field, checker, panel, beside] of [
    ['app', 'code', kit.totp, appPanel, 'app'],
    ['recovery', 'recovery_code', kit.recovery, recoveryPanel, 'recovery-code'],
  ] as const) {
    router.get(
      `/${step}`,
      kit.screen(STAGES, async (ctx, visit) => {
        proved(visit);
        return kit.show(ctx, visit, panel(visit));
      }),
    );
    router.post(
      `/${step}`,
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const known = proved(visit);
          const typed = (readFields(ctx, { [field]: required(40) }) as Record<string, string>)[field] ?? '';
          const { clientId } = visit.application;
          const checked = await checker.check(known.accountId, typed, { clientId, request: requestInfo(ctx.req) });
          await complete(ctx, visit, known, { amr: modeRow(ID).amr, beside, ...checked });
        },
        async (_ctx, visit) => panel(visit),
      ),
    );
  }

  router.post(
    '/passkey/options',
    kit.form(
      STAGES,
      async (ctx, visit) => {
        noStore(ctx);
        ctx.body = await kit.passkeys.authenticationOptions(contextOf(visit), proved(visit).accountId);
      },
      async (_ctx, visit) => channelPanel(visit),
    ),
  );
  router.post(
    '/passkey',
    kit.form(
      STAGES,
      async (ctx, visit) => {
        const known = proved(visit);
        const { credential } = readFields(ctx, { credential: required(CREDENTIAL_MAX) });
        const { clientId } = visit.application;
        const line = { clientId, request: requestInfo(ctx.req), accountId: known.accountId };
        const checked = await kit.passkeys.check(contextOf(visit), credential, line);
        await complete(ctx, visit, known, {
          amr: ['pwd', ...checked.amr],
          beside: 'passkey',
          passkeyId: checked.passkey.id,
          spend: checked.spend,
        });
      },
      async (_ctx, visit) => channelPanel(visit),
    ),
  );
}
