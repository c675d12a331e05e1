import type { Account } from '../accounts/account.ts';

/** Who was invited by an administrator; implemented by adapters/db/integrators.ts. */
export interface Integrators {
  /** @returns false when they were already. */
  invite(mail: string, at: Date): Promise<boolean>;
  uninvite(mail: string): Promise<boolean>;
  isInvited(mail: string): Promise<boolean>;
  list(): Promise<{ mail: string; invitedAt: Date }[]>;
}

export type MayIntegrate = (account: Account) => Promise<boolean>;

/** `*` stands for everybody: the sandbox. */
export const EVERYBODY = '*';

/**
 * Whether somebody makes applications: a verified mail address, of an allowed domain or invited. An address that nobody
 * verified proves nothing, and a subdomain is another domain.
 */
export function createMayIntegrate(
  storage: { readonly integrators: Integrators },
  domains: readonly string[],
): MayIntegrate {
  const allowed = new Set(domains.map((domain) => domain.toLowerCase()));
  return async ({ email, emailVerified }) => {
    if (allowed.has(EVERYBODY)) return true;
    if (!email || !emailVerified) return false;
    const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
    return allowed.has(domain) || storage.integrators.isInvited(email);
  };
}
