import { z } from 'zod';
import { ACR_VALUES } from '../../config/modes.ts';

/** What an initial access token allows; what is left out is not narrowed. Kept with every client registered by it. */
export const registrationPolicy = z.strictObject({
  /** Where people may be sent back: hosts, or `.example.org` for all under it. */
  redirect_hosts: z.array(z.string().min(1).max(253)).min(1).optional(),
  scopes: z.array(z.string()).min(1).optional(),
  /** The least level that may be asked for; eidas2 when left out. */
  minimum_acr: z.enum(ACR_VALUES).optional(),
  auth_methods: z.array(z.string()).min(1).optional(),
  first_party: z.boolean().optional(),
});

export type RegistrationPolicy = z.infer<typeof registrationPolicy>;

/** Policies of the tokens that were handed out; implemented by adapters/db/registration-policies.ts. */
export interface RegistrationPolicies {
  /** @param tokenId is hashed */
  insert(tokenId: string, policy: RegistrationPolicy, uses: number, expiresAt: Date): Promise<void>;
  /** Takes one registration: of those that come at once, no more than `uses` get one. */
  take(tokenId: string): Promise<RegistrationPolicy | 'used-up' | undefined>;
}

const isUnder = (host: string, allowed: string) =>
  allowed.startsWith('.') ? host.endsWith(allowed.toLowerCase()) : host === allowed.toLowerCase();

export const allowsHost = ({ redirect_hosts }: RegistrationPolicy, uri: string): boolean =>
  redirect_hosts === undefined || redirect_hosts.some((allowed) => isUnder(new URL(uri).hostname, allowed));
