import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AuditLine } from '../audit/audit.ts';
import { requestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import type { Storage } from '../storage.ts';

/**
 * Listens to oidc-provider. A listener that threw would turn the request into a 500, and an asynchronous one is not
 * awaited: each is wrapped, and what fails is logged. Payloads hold secrets (`jti` is the token): only named ids leave.
 */
export function listen(provider: Provider, storage: Storage, log: Log): void {
  const on = (event: string, react: (...args: never[]) => void) => {
    (provider as unknown as NodeJS.EventEmitter).on(event, (...args: unknown[]) => {
      try {
        react(...(args as never[]));
      } catch (err) {
        log.error({ err, event }, 'a listener failed');
      }
    });
  };
  const info = (ctx: KoaContextWithOIDC) => {
    const { id, supportCode, address } = requestInfo(ctx.req);
    return { requestId: id, supportCode, address, clientId: ctx.oidc?.client?.clientId };
  };
  const audit = (line: AuditLine) => {
    storage.audit
      .write(line)
      .catch((err: unknown) => log.error({ err, event: line.event }, 'an audit line was not written'));
  };

  for (const event of ['server_error', 'jwks.error']) {
    on(event, (ctx: KoaContextWithOIDC, err: Error) => log.error({ ...info(ctx), err }, 'oidc-provider failed'));
  }
  for (const event of [
    'authorization.error',
    'grant.error',
    'userinfo.error',
    'introspection.error',
    'revocation.error',
    'end_session.error',
    'pushed_authorization_request.error',
    'backchannel_authentication.error',
    'registration_create.error',
  ]) {
    on(event, (ctx: KoaContextWithOIDC, err: Error & { error_detail?: string; statusCode?: number }) => {
      const line = { ...info(ctx), event, error: err.message, detail: err.error_detail };
      // An outage: the application is told to try again, the operator why.
      if (err.statusCode === 503) log.error({ ...line, err }, 'protocol request failed');
      else log.info(line, 'protocol request refused');
    });
  }
  for (const [event, name] of [
    ['registration_create.success', 'client.registered'],
    ['registration_update.success', 'client.updated'],
    ['registration_delete.success', 'client.deleted'],
  ] as const) {
    on(event, (ctx: KoaContextWithOIDC, client: { clientId: string }) => {
      const { supportCode, address } = info(ctx);
      audit({ event: name, clientId: client.clientId, supportCode, address });
    });
  }
}
