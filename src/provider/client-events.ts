import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { explain } from '../clients/client-error.ts';
import type { Clock } from '../clock.ts';
import { requestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import type { Storage } from '../storage.ts';

/** Milliseconds: the day of the last use is what is asked for, not the second. */
const TOUCH_EVERY = 10 * 60 * 1000;
/** Errors of one application that this process keeps in a minute: a loop in somebody's code writes no more than that. */
const ERRORS_A_MINUTE = 10;
const ROOM = 5000;

/** Where an application can be wrong. */
const ENDPOINTS = [
  'authorization',
  'pushed_authorization_request',
  'grant',
  'introspection',
  'revocation',
  'device_authorization',
  'end_session',
] as const;

/** The person's answer or their session's, and no mistake of the application. */
const ORDINARY = new Set([
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  'authorization_pending',
  'slow_down',
]);

interface LibraryError extends Error {
  readonly error_description?: string;
  readonly error_detail?: string;
  readonly statusCode?: number;
}

interface FollowParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
}

/** When an application was last used, what it was refused, and the end of what rested on one that deleted itself. */
export function followClients(provider: Provider, { storage, clock, log }: FollowParts): void {
  const touched = new Map<string, number>();
  const written = new Map<string, { minute: number; count: number }>();
  const failed = (err: unknown) => log.error({ err }, 'what an application did could not be noted');
  const room = (map: Map<string, unknown>) => {
    if (map.size >= ROOM) map.clear();
  };

  const used = ({ oidc }: KoaContextWithOIDC) => {
    const clientId = oidc?.client?.clientId;
    if (!clientId) return;
    const now = clock();
    if (now.getTime() - (touched.get(clientId) ?? 0) < TOUCH_EVERY) return;
    room(touched);
    touched.set(clientId, now.getTime());
    storage.clients.touch(clientId, now).catch((err: unknown) => {
      touched.delete(clientId);
      failed(err);
    });
  };
  provider.on('authorization.success', used);
  provider.on('grant.success', used);
  provider.on('registration_delete.success', (_ctx, { clientId }) => {
    storage.clients.endTokens(clientId).catch(failed);
  });

  const tooMany = (clientId: string, now: Date): boolean => {
    const minute = Math.floor(now.getTime() / 60_000);
    const known = written.get(clientId);
    room(written);
    const count = known?.minute === minute ? known.count + 1 : 1;
    written.set(clientId, { minute, count });
    return count > ERRORS_A_MINUTE;
  };

  for (const endpoint of ENDPOINTS) {
    (provider as unknown as NodeJS.EventEmitter).on(
      `${endpoint}.error`,
      (ctx: KoaContextWithOIDC, error: LibraryError) => {
        const client = ctx.oidc?.client;
        // The platform's own stand in no database; an outage is no mistake of theirs.
        if (!client || (client as { noManage?: true }).noManage) return;
        if (ORDINARY.has(error.message) || (error.statusCode ?? 0) >= 500 || error.statusCode === undefined) return;
        const description = error.error_description ?? '';
        // Turned back by the person, unless we say why.
        if (error.message === 'access_denied' && !description.includes('tried out')) return;
        const now = clock();
        if (tooMany(client.clientId, now)) return;
        try {
          const refused = { error: error.message, description, detail: error.error_detail ?? '' };
          const why = explain(
            { ...refused, params: { ...ctx.oidc.params } },
            {
              redirectUris: client.redirectUris ?? [],
              postLogoutRedirectUris: client.postLogoutRedirectUris ?? [],
              authMethod: String(client.tokenEndpointAuthMethod),
              scope: client.scope,
              grantTypes: client.grantTypes ?? [],
              responseTypes: client.responseTypes ?? [],
            },
          );
          const { supportCode } = requestInfo(ctx.req);
          const line = { endpoint, error: refused.error, description, supportCode, ...why };
          storage.clientErrors.write(client.clientId, line, now).catch(failed);
        } catch (err) {
          failed(err);
        }
      },
    );
  }
}
