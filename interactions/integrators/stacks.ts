import type { ClientMetadata } from 'oidc-provider';

/** Settings that can be copied; the secret never stands in them. */
export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

type Known = Readonly<ClientMetadata>;

const redirectOf = ({ redirect_uris }: Known) => redirect_uris?.[0] ?? '';
const scopesOf = ({ scope }: Known) => scope ?? 'openid';
const hasSecret = ({ token_endpoint_auth_method }: Known) => token_endpoint_auth_method !== 'none';

const spring = (
  issuer: string,
  client: Known,
) => `# application.yml; PKCE: OAuth2AuthorizationRequestCustomizers.withPkce()
spring:
  security:
    oauth2:
      client:
        registration:
          mire:
            client-id: ${client.client_id}
            ${hasSecret(client) ? `client-secret: \${MIRE_CLIENT_SECRET}\n            client-authentication-method: client_secret_basic` : 'client-authentication-method: none'}
            authorization-grant-type: authorization_code
            redirect-uri: ${redirectOf(client)}
            scope: ${scopesOf(client).split(' ').join(', ')}
        provider:
          mire:
            issuer-uri: ${issuer}
            user-name-attribute: sub`;

const keycloak = (issuer: string, client: Known) =>
  JSON.stringify(
    {
      alias: 'mire',
      providerId: 'oidc',
      enabled: true,
      trustEmail: true,
      config: {
        issuer,
        authorizationUrl: `${issuer}/authorize`,
        tokenUrl: `${issuer}/token`,
        userInfoUrl: `${issuer}/userinfo`,
        logoutUrl: `${issuer}/logout`,
        jwksUrl: `${issuer}/jwks`,
        useJwksUrl: 'true',
        validateSignature: 'true',
        clientId: client.client_id,
        ...(hasSecret(client) ? { clientSecret: 'MIRE_CLIENT_SECRET', clientAuthMethod: 'client_secret_basic' } : {}),
        defaultScope: scopesOf(client),
        pkceEnabled: 'true',
        pkceMethod: 'S256',
        backchannelSupported: 'true',
      },
    },
    null,
    2,
  );

const openidClient = (issuer: string, client: Known) => `import { env } from 'node:process';
import * as oidc from 'openid-client';

const mire = await oidc.discovery(new URL('${issuer}'), '${client.client_id}'${
  hasSecret(client) ? ', undefined,\n  oidc.ClientSecretBasic(env.MIRE_CLIENT_SECRET)' : ', undefined, oidc.None()'
});
const pkceCodeVerifier = oidc.randomPKCECodeVerifier(), expectedState = oidc.randomState(); // one pair for each sign-in
const start = oidc.buildAuthorizationUrl(mire, {
  redirect_uri: '${redirectOf(client)}',
  scope: '${scopesOf(client)}',
  state: expectedState,
  code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
});
// at ${redirectOf(client)}:
const tokens = await oidc.authorizationCodeGrant(mire, currentUrl, { pkceCodeVerifier, expectedState });
tokens.claims(); // sub, acr, amr, auth_time, sid, mire_mode`;

const apache = (issuer: string, client: Known) => `OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${client.client_id}
${hasSecret(client) ? `OIDCClientSecret \${MIRE_CLIENT_SECRET}\nOIDCProviderTokenEndpointAuth client_secret_basic` : 'OIDCProviderTokenEndpointAuth none'}
OIDCRedirectURI ${redirectOf(client)}
OIDCCryptoPassphrase \${OIDC_CRYPTO_PASSPHRASE}
OIDCScope "${scopesOf(client)}"
OIDCResponseType code
OIDCPKCEMethod S256
OIDCRemoteUserClaim sub
<Location />
  AuthType openid-connect
  Require valid-user
</Location>`;

const passport = (issuer: string, client: Known) => `import { env } from 'node:process';
import * as oidc from 'openid-client';
import { Strategy } from 'openid-client/passport';

const config = await oidc.discovery(new URL('${issuer}'), '${client.client_id}'${
  hasSecret(client) ? ', undefined,\n  oidc.ClientSecretBasic(env.MIRE_CLIENT_SECRET)' : ', undefined, oidc.None()'
});
passport.use('mire', new Strategy(
  { config, scope: '${scopesOf(client)}', callbackURL: '${redirectOf(client)}' },
  (tokens, verified) => verified(null, tokens.claims()),
));`;

/** The usual ones, with what this application registered. */
export const stacksFor = (issuer: string, client: Known): Stack[] => [
  { id: 'spring', name: 'Spring Security', text: spring(issuer, client) },
  { id: 'keycloak', name: 'Keycloak (identity provider)', text: keycloak(issuer, client) },
  { id: 'openid-client', name: 'openid-client (Node.js)', text: openidClient(issuer, client) },
  { id: 'apache', name: 'Apache mod_auth_openidc', text: apache(issuer, client) },
  { id: 'passport', name: 'Passport (Node.js)', text: passport(issuer, client) },
];
