import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Koa from 'koa';
import Provider from 'oidc-provider';
import { randomToken } from '../../protection/secrets.ts';
import { createMemory } from '../psc/memory.ts';
import { CLINIC_STAFF, type StaffMember, TWO_FACTORS } from './people.ts';
import { createClinicScreens } from './screens.ts';

export const CLINIC_CLIENT_ID = 'mire';
export interface SimulatedClinic {
  readonly issuer: string;
  readonly clientSecret: string;
  close(): Promise<void>;
}

export interface ClinicOptions {
  readonly redirectUri: string;
  readonly postLogoutUri: string;
  readonly staff?: readonly StaffMember[];
}

/** A hospital's own OpenID Connect provider: an identifier and a password, and a second factor for who wants one. */
export async function startClinic({
  redirectUri,
  postLogoutUri,
  staff = CLINIC_STAFF,
}: ClinicOptions): Promise<SimulatedClinic> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientSecret = randomToken();
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    adapter: createMemory(),
    clients: [
      {
        client_id: CLINIC_CLIENT_ID,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [postLogoutUri],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'clinic-1', alg: 'RS256', use: 'sig' }] as never },
    cookies: {
      keys: [randomToken()],
      names: { session: 'clinic_session', interaction: 'clinic_interaction', resume: 'clinic_resume' },
    },
    acrValues: [TWO_FACTORS.acr],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      profile: ['family_name', 'given_name', 'groups', 'rpps'],
      email: ['email'],
    },
    ttl: { AccessToken: 120, IdToken: 120, AuthorizationCode: 60, Grant: 14_400, Session: 14_400, Interaction: 600 },
    interactions: { url: (_ctx, { uid }) => `/connexion/${uid}` },
    renderError(ctx, out) {
      ctx.body = out;
    },
    findAccount(_ctx, sub) {
      const person = staff.find(({ entryId }) => entryId === sub);
      return (
        person && {
          accountId: sub,
          claims: () => ({
            sub,
            family_name: person.family,
            given_name: person.given,
            email: person.email,
            groups: [...person.groups],
            ...(person.nationalId ? { rpps: person.nationalId } : {}),
          }),
        }
      );
    },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client?.clientId ?? '',
        accountId: ctx.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    features: { devInteractions: { enabled: false } },
  });
  const app = new Koa();
  app.silent = true;
  for (const route of createClinicScreens(provider, staff)) app.use(route);
  const answer = provider.callback();
  app.use((ctx) => {
    ctx.respond = false;
    return answer(ctx.req, ctx.res);
  });
  server.on('request', app.callback());
  return {
    issuer,
    clientSecret,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
