import { createHash } from 'node:crypto';
import type { RouterContext } from '@koa/router';
import { isAcr, satisfies } from '../../src/assurance/levels.ts';
import type { MayIntegrate } from '../../src/clients/integrators.ts';
import { PORTAL_CLIENT } from '../../src/clients/portal-client.ts';
import type { Csrf } from '../../src/http/csrf.ts';
import { FlowError } from '../../src/http/errors.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import { type Lang, langOf } from '../layout/lang.ts';
import { createSignedIn, type SignedIn, type SignedInParts } from '../signed-in.ts';

/** Who makes applications, signed in with two factors. */
export interface Integrator extends SignedIn {
  readonly csrf: string;
}

const WAY_BACK = /^\/integrateurs(?:\/[\w.-]+)*$/;
export const wayBack = (asked: unknown): string =>
  typeof asked === 'string' && asked.length < 200 && WAY_BACK.test(asked) ? asked : '/integrateurs';

/** The road of every application. The verifier is thrown away: nobody can make anything of the code. */
function roadTo(issuer: string, path: string, lang: Lang): string {
  const address = new URL('/authorize', issuer);
  address.search = new URLSearchParams({
    client_id: PORTAL_CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${issuer}/integrateurs/retour`,
    code_challenge: createHash('sha256').update(randomToken()).digest('base64url'),
    code_challenge_method: 'S256',
    state: wayBack(path),
    ui_locales: lang,
  }).toString();
  return address.href;
}

export interface EntranceParts extends SignedInParts {
  readonly issuer: string;
  readonly csrf: Csrf;
  readonly mayIntegrate: MayIntegrate;
}

/**
 * Nobody, and whoever proved less than two factors, is sent to sign in.
 * @returns undefined when the answer is given.
 * @throws {FlowError} `integrator-only`
 */
export function createEntrance(parts: EntranceParts) {
  const signedIn = createSignedIn(parts);
  const key = (uid: string) => `integrators:${uid}`;
  return {
    async enter(ctx: RouterContext): Promise<Integrator | undefined> {
      const somebody = await signedIn(ctx);
      const acr = somebody?.live.signIn.acr;
      if (!somebody || !isAcr(acr) || !satisfies(acr, 'eidas2')) {
        ctx.status = 303;
        ctx.redirect(roadTo(parts.issuer, ctx.path, langOf(ctx)));
        return undefined;
      }
      if (!(await parts.mayIntegrate(somebody.account))) throw new FlowError('integrator-only');
      return { ...somebody, csrf: parts.csrf.token(key(somebody.uid)) };
    },
    /** @throws {FlowError} `csrf` */
    check(ctx: RouterContext, { uid }: SignedIn): void {
      parts.csrf.check(key(uid), (ctx.request as { body?: { _csrf?: unknown } }).body?._csrf);
    },
  };
}
