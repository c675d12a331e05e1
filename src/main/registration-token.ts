import type Provider from 'oidc-provider';
import { type RegistrationPolicy, registrationPolicy } from '../clients/registration-policy.ts';
import { LIMITS } from '../protection/limits.ts';
import { REGISTRATION_POLICY } from '../provider/registration.ts';
import { withProvider } from './client-desk.ts';
import { CommandError } from './command-error.ts';
import type { Parts } from './parts.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

export interface TokenTerms {
  readonly seconds: number;
  readonly policy?: RegistrationPolicy;
  readonly uses?: number;
}

/** An initial access token for dynamic registration (RFC 7591 §3), with the policy that its clients will carry. */
export async function newRegistrationToken(
  { InitialAccessToken }: Provider,
  { storage, clock }: Pick<Parts, 'storage' | 'clock'>,
  { seconds, policy = {}, uses = LIMITS['registrations-token'].points }: TokenTerms,
): Promise<string> {
  const token = new InitialAccessToken({ policies: [REGISTRATION_POLICY], expiresIn: seconds } as never);
  const value = await token.save();
  const expiresAt = new Date(clock().getTime() + seconds * 1000);
  await storage.registrationPolicies.insert(token.jti, policy, uses, expiresAt);
  return value;
}

export interface TokenOptions {
  readonly hours: string;
  readonly uses: string;
  readonly redirectHost?: string[];
  readonly scope?: string;
  readonly minimumAcr?: string;
  readonly authMethod?: string[];
  readonly firstParty?: true;
}

export const handOut = (terminal: Terminal, options: TokenOptions) =>
  withParts(terminal, async (parts) => {
    const hours = Number(options.hours);
    if (!(hours > 0 && hours <= 720)) throw new CommandError('--hours is a number from 1 to 720.');
    const uses = Number(options.uses);
    if (!(Number.isInteger(uses) && uses >= 1 && uses <= 100))
      throw new CommandError('--uses is a number from 1 to 100.');
    const policy = registrationPolicy.safeParse({
      redirect_hosts: options.redirectHost,
      scopes: options.scope?.split(' '),
      minimum_acr: options.minimumAcr,
      auth_methods: options.authMethod,
      first_party: options.firstParty,
    });
    if (!policy.success) throw new CommandError('--minimum-acr is eidas1, eidas2 or eidas3.');
    await withProvider(parts, async (provider) =>
      print(terminal, {
        initial_access_token: await newRegistrationToken(provider, parts, {
          seconds: hours * 3600,
          policy: JSON.parse(JSON.stringify(policy.data)) as RegistrationPolicy,
          uses,
        }),
        registration_endpoint: `${parts.settings.ISSUER}/register`,
      }),
    );
  });
