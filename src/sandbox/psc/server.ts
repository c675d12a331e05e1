import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Koa, { type Context, type Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { PscFault } from './faults.ts';
import { openPscKeys } from './keys.ts';
import { misbehave } from './misbehaviour.ts';
import { createPscProvider, LOGOUT, PSC_CLIENT_ID, REALM } from './provider.ts';
import { type AuthMode, subjectOf } from './userinfo.ts';
import { createWallet } from './wallet.ts';

/** Pro Santé Connect as the sandbox and the tests have it. */
export interface SimulatedPsc {
  readonly issuer: string;
  /** Where its screens stand: another host than its issuer, as the real one. */
  readonly wallet: string;
  readonly discoveryUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What it does wrong. */
  readonly faults: Set<PscFault>;
  /** Its session of a person ends there: every application is told (Back-Channel Logout). @returns whether there was one. */
  endSession(nationalId: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The one address that its client may come back to after a logout. */
const AFTER_LOGOUT = '/callback/psc/logout';

/** Without it, plain http on this machine. */
export interface PscCertificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

async function listen(port: number, certificate: PscCertificate | undefined): Promise<Server> {
  const server = certificate ? createTlsServer(certificate) : createServer();
  server.listen(port, '127.0.0.1');
  // Rejects with what stands in its way.
  await once(server, 'listening');
  return server;
}

/** @param port of the issuer; the wallet has the next one. 0: any that are free. */
export async function startSimulatedPsc(
  port: number,
  serviceIssuer: string,
  dataDir: string,
  certificate?: PscCertificate,
): Promise<SimulatedPsc> {
  const keys = await openPscKeys(dataDir);
  const faults = new Set<PscFault>();
  const authModes = new Map<string, AuthMode>();
  const sessions = new Map<string, string>();
  const app = new Koa({ proxy: false });
  app.silent = true;
  const realm = await listen(port, certificate);
  const wallet = await listen(port === 0 ? 0 : port + 1, certificate).catch((error: unknown) => {
    realm.close();
    throw error;
  });
  const scheme = certificate ? 'https' : 'http';
  const originOf = (server: Server) => `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [realmOrigin, walletOrigin] = [originOf(realm), originOf(wallet)];
  const walletHost = new URL(walletOrigin).host;
  const issuer = realmOrigin + REALM;
  const provider = createPscProvider({
    issuer,
    serviceIssuer,
    keys,
    faults,
    authModes,
    signedIn: (subject, sid) => void sessions.set(subject, sid),
  });

  app.use(misbehave(faults, issuer));
  // Two hosts, each with its own half: the screens on the one, what servers ask on the other.
  const onWallet: Middleware = (ctx, next) => (ctx.host === walletHost ? next() : undefined);
  const screens = createWallet(provider, authModes);
  for (const route of [screens.routes(), screens.allowedMethods()] as unknown as Middleware[])
    app.use((ctx, next) => (ctx.host === walletHost ? route(ctx, next) : next()));
  app.use((ctx, next) => {
    if (ctx.path === `${REALM}/.well-known/wallet-openid-configuration`) {
      ctx.body = documentOf(issuer, walletOrigin);
      return undefined;
    }
    if (ctx.path === LOGOUT) return signOut(ctx, provider, serviceIssuer);
    // The standard path is no document of its own there.
    if (ctx.path.startsWith('/.well-known/')) return undefined;
    return next();
  });
  app.use((ctx, next) => (/^\/auth(?:\/[\w-]+)?$/.test(ctx.path) ? onWallet(ctx, next) : next()));
  const answer = provider.callback();
  app.use((ctx) => {
    ctx.respond = false;
    return answer(ctx.req, ctx.res);
  });

  for (const server of [realm, wallet]) server.on('request', app.callback());

  return {
    issuer,
    wallet: walletOrigin,
    discoveryUrl: `${issuer}/.well-known/wallet-openid-configuration`,
    clientId: PSC_CLIENT_ID,
    clientSecret: keys.secret,
    faults,
    async endSession(nationalId) {
      const subject = subjectOf({ nationalId });
      const sid = sessions.get(subject);
      const client = await provider.Client.find(PSC_CLIENT_ID);
      if (!sid || !client) return false;
      sessions.delete(subject);
      await (client as unknown as { backchannelLogout(sub: string, sid: string): Promise<void> }).backchannelLogout(
        subject,
        sid,
      );
      return true;
    },
    async close() {
      for (const server of [realm, wallet]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** As ANS publishes it: the screens of the wallet, everything else below the issuer. */
function documentOf(issuer: string, wallet: string) {
  const below = `${issuer}/protocol/openid-connect`;
  return {
    issuer,
    authorization_endpoint: `${wallet}/auth`,
    token_endpoint: `${below}/token`,
    userinfo_endpoint: `${below}/userinfo`,
    end_session_endpoint: `${below}/logout`,
    introspection_endpoint: `${below}/token/introspect`,
    jwks_uri: `${below}/certs`,
    response_types_supported: ['code'],
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'scope_all'],
    acr_values_supported: ['0', '0'],
    code_challenge_methods_supported: ['plain', 'S256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    authorization_response_iss_parameter_supported: true,
  };
}

/** Ends the session and comes back at once, without the `state` it was given. */
async function signOut(ctx: Context, provider: Provider, serviceIssuer: string): Promise<void> {
  const context = provider.createContext(ctx.req, ctx.res);
  const session = await provider.Session.get(context);
  if (session.accountId) await session.destroy();
  const client = await provider.Client.find(PSC_CLIENT_ID);
  const { post_logout_redirect_uri: back, id_token_hint: hint } = ctx.query;
  const known =
    typeof hint === 'string' && client && (await provider.IdToken.validate(hint, client).catch(() => undefined));
  ctx.status = 302;
  ctx.redirect(known && back === `${serviceIssuer}${AFTER_LOGOUT}` ? back : serviceIssuer);
}
