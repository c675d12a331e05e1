import type { Context, Middleware } from 'koa';
import Provider, { type AdapterFactory, errors } from 'oidc-provider';
import { UserError } from '../http/errors.ts';
import { requestInfo } from '../http/request.ts';
import { countedAddress } from '../protection/address.ts';
import type { KnownDevices } from '../protection/known-devices.ts';
import type { Limits } from '../protection/limits.ts';
import type { ProviderHolder } from './holder.ts';
import { ROUTES } from './routes.ts';

/** Where anybody leaves something behind without saying who they are: an interaction, or a session that nobody is in. */
const ENTRANCES: ReadonlySet<string> = new Set([ROUTES.authorization, ROUTES.code_verification, ROUTES.end_session]);

export interface CountedParts {
  readonly limits: Limits;
  readonly devices: Pick<KnownDevices, 'named'>;
  readonly holder: Pick<ProviderHolder, 'current'>;
}

/** The session is read only where the address used up what it may begin. */
async function sessionOf(ctx: Context, { holder }: CountedParts): Promise<string | undefined> {
  const { accountId, uid } = await holder.current().Session.get(ctx as never);
  return accountId ? uid : undefined;
}

/** What is kept is about as long as what was sent: by its kB, so that a large request counts for many. */
const weightOf = (letters: number): number => Math.max(1, Math.ceil(letters / 1024));

/**
 * Counts what is begun, before anything is looked up or kept of it. A browser that we know has a count of its own, which
 * nobody behind the same address can use up. @throws {UserError} `too-many-tries`
 */
export function countedRequests(parts: CountedParts): Middleware {
  const { limits, devices } = parts;
  return async (ctx, next) => {
    if (!ENTRANCES.has(ctx.path)) return next();
    const request = requestInfo(ctx.req);
    const browser = devices.named(request);
    const weight = weightOf(ctx.querystring.length);
    if (browser !== undefined) await limits.take('begun-browser', browser, weight);
    else {
      try {
        await limits.take('begun-address', countedAddress(request.address), weight);
      } catch (refused) {
        const session = refused instanceof UserError ? await sessionOf(ctx, parts) : undefined;
        if (session === undefined) throw refused;
        await limits.take('begun-browser', session, weight);
      }
    }
    return next();
  };
}

/** What software begins; the route, since the library saves some of them again later. */
const BEGUN: Readonly<Record<string, string>> = {
  PushedAuthorizationRequest: 'pushed_authorization_request',
  DeviceCode: 'device_authorization',
};

/** What a public client begins, anybody may begin: it is counted where it would be kept, since no earlier step knows who asks. */
export function countedAdapter(make: AdapterFactory, limits: Limits): AdapterFactory {
  return (name) => {
    const adapter = make(name);
    const route = BEGUN[name];
    if (route === undefined) return adapter;
    const upsert = adapter.upsert.bind(adapter);
    adapter.upsert = async (...row) => {
      const ctx = Provider.ctx;
      if (ctx?.oidc.route === route && ctx.oidc.client?.clientAuthMethod === 'none') {
        try {
          const weight = weightOf(JSON.stringify(row[1]).length);
          await limits.take('begun-address', countedAddress(requestInfo(ctx.req).address), weight);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          ctx.set('retry-after', String(Math.ceil(Number(error.detail.retryAfter ?? 60))));
          const refused = new errors.CustomOIDCProviderError('slow_down', 'too many requests from this address');
          throw Object.assign(refused, { status: error.status, statusCode: error.status });
        }
      }
      return upsert(...row);
    };
    return adapter;
  };
}
