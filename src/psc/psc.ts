import type { UpstreamProvider } from '../upstream/provider.ts';
import type { UpstreamStates } from '../upstream/state.ts';

/** Pro Santé Connect as this deployment reaches it. */
export interface Psc {
  readonly provider: UpstreamProvider;
  readonly states: UpstreamStates;
}

/** Its fixed addresses with us, registered there. */
export const PSC_CALLBACK = '/callback/psc';
export const PSC_AFTER_LOGOUT = '/callback/psc/logout';
