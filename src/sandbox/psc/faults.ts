/** What the simulated Pro Santé Connect can be made to do wrong, from a test or from its page of the sandbox. */
export const PSC_FAULTS = [
  /** Connections are cut. */
  'down',
  /** The token endpoint takes the request and never answers. */
  'slow',
  /** The screen of the wallet answers with `invalid_request`. */
  'error',
  /** The token endpoint answers `invalid_grant`. */
  'exchange',
  /** The answer names another issuer. */
  'issuer',
  /** The answer carries another `state`. */
  'state',
  'nonce',
  /** The ID token is signed with a key that is nowhere. */
  'kid',
  /** It signs with a key that it published since: not a fault, a rotation. */
  'new-key',
  /** It is signed with another key under the right name. */
  'signature',
  /** Its clock is ten minutes behind. */
  'clock',
  'audience',
  /** The ID token says a level that does not exist. */
  'acr',
  /** The person proved themselves three hours ago. */
  'stale',
  /** Userinfo answers 404. */
  'no-userinfo',
  /** Userinfo is somebody else's. */
  'subject',
  /** Userinfo says another national identifier than the ID token. */
  'national-id',
  /** Neither says one. */
  'no-national-id',
  /** It does not say how the person proved themselves. */
  'no-auth-mode',
  /** The restricted userinfo, whatever scope was asked for. */
  'restricted',
] as const;
export type PscFault = (typeof PSC_FAULTS)[number];

export const isPscFault = (text: unknown): text is PscFault => PSC_FAULTS.some((fault) => fault === text);
