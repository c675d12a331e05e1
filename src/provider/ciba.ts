import { randomUUID } from 'node:crypto';
import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Settings } from '../../config/settings.ts';
import { NATIONAL_ID } from '../accounts/account.ts';
import { LOGIN_MAX, loginKey } from '../accounts/login-key.ts';
import { whyModeRefused } from '../assurance/accepted-modes.ts';
import { requirementOf } from '../assurance/requirement.ts';
import { shownName } from '../clients/foreign-metadata.ts';
import { type ClientLike, isFirstParty, policyOf } from '../clients/metadata.ts';
import type { Clock } from '../clock.ts';
import type { CibaContent } from '../desktop/request.ts';
import { UserError } from '../http/errors.ts';
import { line } from '../http/form.ts';
import { requestInfo } from '../http/request.ts';
import { coarsePlace, countedAddress } from '../protection/address.ts';
import type { Limits } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import type { Professional } from './professional.ts';

type Feature = NonNullable<NonNullable<Configuration['features']>['ciba']>;

/** What stands beside the request on the desktop: short, and nothing that could pretend to be something else. */
const BINDING_MESSAGE = /^[\p{L}\p{N}\p{P}\p{Zs}]{1,64}$/u;

export interface CibaParts {
  readonly storage: Storage;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'MODES'>;
}

/** What answers a request without a browser, and counts as the way of signing in. */
const MODE = 'monsisra';

/**
 * Requests of applications without a browser (OpenID CIBA): they name the person, by identifier or national id, and the
 * person's own desktop application asks.
 */
export function createCiba({ storage, limits, clock, settings }: CibaParts): Feature {
  const clientOf = (ctx: KoaContextWithOIDC) => ctx.oidc.client as unknown as ClientLike & { clientName?: string };

  /** @throws when no answer of a desktop could ever be enough: nobody is asked for nothing. */
  function checkAnswerable(ctx: KoaContextWithOIDC): void {
    const application = policyOf(clientOf(ctx));
    const { level, impossible } = requirementOf(ctx.oidc.params ?? {}, application.minimumAcr);
    const why = whyModeRefused(MODE, settings.MODES, application, level);
    if (impossible || why === 'too-weak')
      throw new errors.UnmetAuthenticationRequirements('no desktop application proves that level');
    if (why) throw new errors.UnauthorizedClient(`answers of a desktop application are not accepted here: ${why}`);
  }

  return {
    enabled: true,
    deliveryModes: ['poll', 'ping'],

    async processLoginHint(_ctx, hint = '') {
      // What no identifier holds, and no database takes.
      if (!line(LOGIN_MAX).safeParse(hint).success) return undefined;
      const account =
        (await storage.accounts.byLoginKey(loginKey(hint)))?.account ??
        (await storage.accounts.byIdentity(NATIONAL_ID, hint));
      return account?.id;
    },

    async processLoginHintToken() {
      throw new errors.InvalidRequest('login_hint_token is not supported');
    },

    async validateRequestContext(ctx, requestContext) {
      if (!isFirstParty(clientOf(ctx)))
        throw new errors.UnauthorizedClient('requests without a browser are for applications of the platform');
      if (requestContext !== undefined) throw new errors.InvalidRequest('request_context is not supported');
      checkAnswerable(ctx);
    },

    async validateBindingMessage(_ctx, message) {
      if (message !== undefined && !BINDING_MESSAGE.test(message))
        throw new errors.InvalidBindingMessage('letters, digits, punctuation and spaces, 64 at most');
    },

    /** The person is known by now, and nothing is kept yet: whoever is asked too often is not asked any more. */
    async verifyUserCode(_ctx, account) {
      if ((account as unknown as Professional).ground.closedDoors.includes(MODE))
        throw new errors.AccessDenied('this person closed that way of signing in');
      try {
        await limits.take('desktop-ciba-account', account.accountId);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        throw new errors.AccessDenied('this person left too many requests unanswered');
      }
    },

    async triggerAuthenticationDevice(ctx, request, account) {
      const client = clientOf(ctx);
      const { address, supportCode } = requestInfo(ctx.req);
      const message = ctx.oidc.params?.binding_message;
      const content: CibaContent = {
        kind: 'ciba',
        clientId: client.clientId,
        applicationName: shownName(client.clientId, client.clientName),
        required: requirementOf(ctx.oidc.params ?? {}, policyOf(client).minimumAcr).level,
        place: coarsePlace(address),
        counted: countedAddress(address),
        authReqId: request.jti,
        scope: request.scope ?? '',
        ...(typeof message === 'string' ? { bindingMessage: message } : {}),
      };
      const now = clock();
      await storage.transaction(async (tx) => {
        await tx.desktopRequests.insert({
          id: randomUUID(),
          content,
          askedAccountId: account.accountId,
          createdAt: now,
          expiresAt: new Date(now.getTime() + request.expiration * 1000),
        });
        await tx.audit.write({
          event: 'sign-in.desktop-asked',
          accountId: account.accountId,
          mode: MODE,
          clientId: client.clientId,
          supportCode,
          address,
          details: { kind: 'ciba' },
        });
      });
    },
  };
}
