import { createServer } from 'node:http';
import Koa, { type Context } from 'koa';
import Provider from 'oidc-provider';
import { APPLICATION, machineClient, REDIRECT_URI } from './clients.ts';
import { answerMaster } from './target.ts';

/**
 * The yardstick: oidc-provider alone, with the storage in memory that it ships, answering the very requests that Mire
 * answers. No consent, the grant made in `loadExistingGrant`, no password checked, pages of one line.
 */
const issuer = `http://localhost:${process.env.PORT}`;
const { jwk } = JSON.parse(process.env.BENCH_KEYS ?? '{}') as { jwk: Record<string, unknown> };

const provider = new Provider(issuer, {
  jwks: { keys: [jwk as never] },
  cookies: { keys: ['bench'] },
  routes: {
    authorization: '/authorize',
    introspection: '/introspect',
    userinfo: '/userinfo',
    jwks: '/jwks',
    token: '/token',
  },
  clients: [
    {
      client_id: APPLICATION.id,
      client_secret: APPLICATION.secret,
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
    machineClient,
  ],
  acrValues: ['eidas1'],
  claims: {
    openid: ['sub', 'acr', 'amr', 'auth_time'],
    profile: ['name', 'family_name', 'given_name'],
    email: ['email'],
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
  },
  ttl: { Session: 14_400, Grant: 28_800, Interaction: 3600, AccessToken: 600, IdToken: 300, RefreshToken: 14_400 },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: async (_ctx, sub) => ({
    accountId: sub,
    claims: async () => ({
      sub,
      name: 'Une Personne',
      family_name: 'Personne',
      given_name: 'Une',
      email: 'une@personne.example',
    }),
  }),
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  loadExistingGrant: async ({ oidc }) => {
    const { client, session } = oidc;
    if (!client || !session?.accountId) return undefined;
    const known = session.grantIdFor(client.clientId);
    if (known) return provider.Grant.find(known);
    const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});

async function formOf(ctx: Context): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of ctx.req) parts.push(part as Buffer);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

const app = new Koa();
app.use(async (ctx, next) => {
  const [, room, uid, mode] = ctx.path.split('/');
  if (room !== 'interaction') return next();
  await provider.interactionDetails(ctx.req, ctx.res);
  if (!mode) return ctx.redirect(`/interaction/${uid}/login-mdp`);
  if (ctx.method === 'GET') {
    ctx.body = `<form method="post"><input type="hidden" name="_csrf" value="none"><input name="login"><input name="password"></form>`;
    return;
  }
  const login = { accountId: (await formOf(ctx)).get('login') ?? '', acr: 'eidas1', amr: ['pwd'] };
  ctx.status = 303;
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }));
});
const answer = provider.callback();
app.use((ctx) => {
  ctx.respond = false;
  return answer(ctx.req, ctx.res);
});

const server = createServer(app.callback());
server.listen(Number(process.env.PORT), '127.0.0.1', () => answerMaster({ issuer, startedIn: performance.now() }));
process.on('SIGTERM', () => process.exit(0));
