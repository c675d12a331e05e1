import { randomToken, type Vault } from '../protection/secrets.ts';

/**
 * The callback of a provider is one fixed address, where no cookie of an interaction comes along. Its `state` says which
 * interaction to bring the browser back to, sealed: nobody reads it, nobody makes one up, and nothing is stored for it.
 * That it is the browser that left is proved there, by the interaction's own cookie.
 */
export interface UpstreamStates {
  /** 32 random bytes beside the interaction: unlike any other, as `state` must be. */
  make(uid: string): string;
  /** The interaction; undefined when it is no state of this provider. */
  read(state: string): string | undefined;
}

export function createUpstreamStates(vault: Pick<Vault, 'seal' | 'open'>, provider: string): UpstreamStates {
  const context = `upstream-state:${provider}`;
  return {
    make: (uid) => vault.seal(`${randomToken()} ${uid}`, context).toString('base64url'),
    read(state) {
      try {
        return vault.open(Buffer.from(state, 'base64url'), context).toString().split(' ')[1];
      } catch {
        return undefined;
      }
    },
  };
}
