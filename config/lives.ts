/** How long things live, in seconds, where no setting changes it (design §5). */
export const LIVES = {
  interaction: 60 * 60,
  /** Of somebody who is not signed in, until the first step is taken: what anybody may leave behind goes soon. */
  interactionBegun: 10 * 60,
  authorizationCode: 60,
  accessToken: 10 * 60,
  jwtAccessToken: 5 * 60,
  idToken: 5 * 60,
  clientCredentials: 10 * 60,
  /** A refresh token with `offline_access`; without it, it ends with the session. */
  offlineRefreshToken: 12 * 60 * 60,
  pushedRequest: 60,
  deviceCode: 5 * 60,
  /** The idle end of a session moves at most this often; in between, nothing is written. */
  sessionTouch: 60,
} as const;

/** The ephemeral code (design §5). */
export const CODE = {
  digits: 6,
  life: 5 * 60,
  tries: 5,
  resendAfter: 30,
  sendsPerInteraction: 3,
} as const;

/** The way to the card's host and back. */
export const CARD = {
  /** To choose the certificate and type the PIN, twice when the first one was wrong. */
  handover: 10 * 60,
  ticket: 60,
  /** Days before its end from which a card's holder is warned. */
  warnDays: 60,
} as const;

/** The hand-over to the desktop application. */
export const DESKTOP = {
  request: 90,
  /** For the browser to take an approval that was given. */
  redeem: 60,
  /** A request without a browser: as long as the client asked, within these. */
  ciba: 90,
  cibaLongest: 5 * 60,
} as const;

/** People mending their own account. */
export const CARE = {
  /** How recent a sign-in must be to change something sensitive. */
  freshProof: 10 * 60,
  undo: 72 * 60 * 60,
  /** How long whoever puts off giving an address that works is not asked again. */
  askAgain: 7 * 24 * 60 * 60,
  /** How far back an account can be taken: what each change replaced is kept that long. */
  journal: 30 * 24 * 60 * 60,
  /** Steps of a forgotten password. */
  recovery: 30 * 60,
  passkeyChallenge: 5 * 60,
  recoveryCodes: 10,
} as const;
