import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createUpstreamProvider } from '../../adapters/upstream/oidc.ts';
import { PSC_ACR } from '../../config/modes.ts';
import type { Settings } from '../../config/settings.ts';
import { ConfigError } from '../http/errors.ts';
import { PSC_CALLBACK, type Psc } from '../psc/psc.ts';
import type { ClientAuthentication, UpstreamSettings } from '../upstream/settings.ts';
import { createUpstreamStates } from '../upstream/state.ts';
import type { Parts } from './parts.ts';

/** @throws {ConfigError} naming the setting that holds no key or certificate. */
function checked<T>(name: string, pem: string, read: (pem: string) => T): T {
  try {
    return read(pem);
  } catch {
    throw new ConfigError(`${name}: is not what it must be, in PEM`);
  }
}

function authenticationOf(settings: Settings): ClientAuthentication {
  const { PSC_CLIENT_AUTH: method, PSC_CLIENT_SECRET: secret = '', PSC_KEY = '', PSC_KEY_ALG, PSC_KEY_ID } = settings;
  if (method === 'tls_client_auth') return { method };
  if (method !== 'private_key_jwt') return { method, secret };
  const key = checked('PSC_KEY', PSC_KEY, createPrivateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { method, key, alg: PSC_KEY_ALG, kid: PSC_KEY_ID };
}

function certificateOf({ PSC_CERTIFICATE: cert, PSC_CERTIFICATE_KEY: key }: Settings): UpstreamSettings['certificate'] {
  if (cert === undefined || key === undefined) return undefined;
  const certificate = checked('PSC_CERTIFICATE', cert, (pem) => new X509Certificate(pem));
  if (!certificate.checkPrivateKey(checked('PSC_CERTIFICATE_KEY', key, createPrivateKey)))
    throw new ConfigError('PSC_CERTIFICATE_KEY: is not the key of PSC_CERTIFICATE');
  return { cert, key };
}

function metadataOf(settings: Settings, issuer: string): UpstreamSettings['metadata'] {
  const { PSC_AUTHORIZATION_URL, PSC_TOKEN_URL, PSC_JWKS_URL, PSC_USERINFO_URL, PSC_LOGOUT_URL } = settings;
  // The path is not the standard one: the standard one leads to another authorization endpoint, which is not the wallet.
  if (!PSC_AUTHORIZATION_URL || !PSC_TOKEN_URL || !PSC_JWKS_URL)
    return { discoveryUrl: settings.PSC_DISCOVERY_URL ?? `${issuer}/.well-known/wallet-openid-configuration` };
  return {
    authorization_endpoint: PSC_AUTHORIZATION_URL,
    token_endpoint: PSC_TOKEN_URL,
    jwks_uri: PSC_JWKS_URL,
    userinfo_endpoint: PSC_USERINFO_URL,
    end_session_endpoint: PSC_LOGOUT_URL,
  };
}

/** Pro Santé Connect of the settings; undefined where no issuer is set. */
export function openPsc({ settings, vault, clock }: Pick<Parts, 'settings' | 'vault' | 'clock'>): Psc | undefined {
  const { PSC_ISSUER: issuer, PSC_CLIENT_ID: clientId } = settings;
  if (issuer === undefined || clientId === undefined) return undefined;
  return {
    states: createUpstreamStates(vault, 'psc'),
    provider: createUpstreamProvider({
      clock,
      internalHosts: settings.INTERNAL_HOSTS,
      settings: {
        id: 'psc',
        issuer,
        metadata: metadataOf(settings, issuer),
        clientId,
        authentication: authenticationOf(settings),
        certificate: certificateOf(settings),
        redirectUri: `${settings.ISSUER}${PSC_CALLBACK}`,
        scope: 'openid scope_all',
        parameters: { acr_values: 'eidas1' },
        acceptedAcr: PSC_ACR,
        userinfoAlg: settings.PSC_USERINFO_ALG,
        timeout: settings.PSC_TIMEOUT,
        loopback: settings.MIRE_ENV === 'sandbox',
      },
    }),
  };
}
