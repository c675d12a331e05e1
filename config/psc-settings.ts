import { z } from 'zod';
import { address, count } from './setting-types.ts';

const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth'] as const;
const web = () => address('https:', 'http:').optional();

/** Settings of Pro Santé Connect. */
export const pscSettings = {
  PSC_ISSUER: web().describe(
    'the issuer that Pro Santé Connect names in its tokens; in the sandbox, none: a simulated one',
  ),
  PSC_DISCOVERY_URL: web().describe(
    'the whole address of its discovery document; by default PSC_ISSUER/.well-known/wallet-openid-configuration',
  ),
  PSC_AUTHORIZATION_URL: web().describe('set with the four below, no discovery document is read'),
  PSC_TOKEN_URL: web().describe('its token endpoint'),
  PSC_USERINFO_URL: web().describe('its userinfo endpoint'),
  PSC_JWKS_URL: web().describe('its public keys'),
  PSC_LOGOUT_URL: web().describe('where a session ends there; none: signing out here leaves the one there alone'),
  PSC_CLIENT_ID: z.string().min(1).optional().describe('our client id there'),
  PSC_CLIENT_AUTH: z
    .enum(METHODS)
    .default('client_secret_basic')
    .describe(`how we prove ourselves there: ${METHODS.join(', ')}`),
  PSC_CLIENT_SECRET: z.string().min(1).optional().describe('our secret there (secret)'),
  PSC_KEY: z.string().optional().describe('PEM (PKCS #8) of the key of private_key_jwt (secret)'),
  PSC_KEY_ID: z.string().min(1).optional().describe('the name of that key there'),
  PSC_KEY_ALG: z.enum(['RS256', 'PS256', 'ES256']).default('RS256').describe('what that key signs with'),
  PSC_CERTIFICATE: z.string().optional().describe('PEM of the TLS certificate shown on every call to it (IGC-Santé)'),
  PSC_CERTIFICATE_KEY: z.string().optional().describe('PEM of its key (secret)'),
  PSC_USERINFO_ALG: z
    .enum(['RS256', 'PS256', 'ES256'])
    .optional()
    .describe('set when it signs its userinfo for us; none: plain JSON'),
  PSC_TIMEOUT: count(1, 30).default(5).describe('seconds that one call to it may take'),
  PSC_SANDBOX_PORT: count(0, 65534)
    .optional()
    .describe('port of the simulated Pro Santé Connect, its wallet one higher; PORT + 500; 0: any that are free'),
};

export const PSC_SECRETS = ['PSC_CLIENT_SECRET', 'PSC_KEY', 'PSC_CERTIFICATE_KEY'] as const;

export type PscSettings = z.infer<z.ZodObject<typeof pscSettings>>;

interface Problem {
  readonly name: string;
  readonly message: string;
}

const STATIC = ['PSC_AUTHORIZATION_URL', 'PSC_TOKEN_URL', 'PSC_USERINFO_URL', 'PSC_JWKS_URL'] as const;
const ADDRESSES = ['PSC_ISSUER', 'PSC_DISCOVERY_URL', ...STATIC, 'PSC_LOGOUT_URL'] as const;

/** Pro Santé Connect is offered where its issuer is set, or where the mode is asked for by name. */
export function pscProblems(
  settings: Partial<PscSettings>,
  { production, asked }: { production: boolean; asked: boolean },
): Problem[] {
  const problems: Problem[] = [];
  const add = (name: keyof PscSettings, message: string) => problems.push({ name, message });
  if (settings.PSC_ISSUER === undefined && !(production && asked)) {
    if (production && ADDRESSES.some((name) => settings[name] !== undefined))
      add('PSC_ISSUER', 'is required with the other addresses of Pro Santé Connect');
    return problems;
  }
  const need = (names: readonly (keyof PscSettings)[], why: string) => {
    for (const name of names) if (settings[name] === undefined) add(name, `is required ${why}`);
  };
  need(['PSC_ISSUER', 'PSC_CLIENT_ID'], 'to offer psc');
  const method = settings.PSC_CLIENT_AUTH;
  if (method === 'client_secret_basic' || method === 'client_secret_post') need(['PSC_CLIENT_SECRET'], `by ${method}`);
  if (method === 'private_key_jwt') need(['PSC_KEY'], `by ${method}`);
  if (method === 'tls_client_auth') need(['PSC_CERTIFICATE', 'PSC_CERTIFICATE_KEY'], `by ${method}`);
  if (settings.PSC_CERTIFICATE !== undefined) need(['PSC_CERTIFICATE_KEY'], 'with PSC_CERTIFICATE');
  if (settings.PSC_CERTIFICATE_KEY !== undefined) need(['PSC_CERTIFICATE'], 'with PSC_CERTIFICATE_KEY');
  if (STATIC.some((name) => settings[name] !== undefined)) {
    need(STATIC, 'when the addresses are given one by one');
    if (settings.PSC_DISCOVERY_URL !== undefined) add('PSC_DISCOVERY_URL', 'is of no use with the addresses');
  }
  if (production)
    for (const name of ADDRESSES)
      if (settings[name]?.startsWith('http:')) add(name, 'must begin with https:// in production');
  return problems;
}
