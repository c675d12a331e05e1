/**
 * Four families of errors. Each has a stable code, listed in docs/errors.md, with its sentence in
 * interactions/error/texts.ts. A route throws; one middleware answers.
 */
export abstract class MireError extends Error {
  abstract readonly status: number;
  readonly code: ErrorCode;
  /** For the log only; never shown. */
  readonly detail: Readonly<Record<string, unknown>>;
  constructor(code: ErrorCode, detail: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.detail = detail;
  }
}

/** What the person sent can be mended: the form is shown again. 422, or the status of the code. */
export class UserError extends MireError {
  get status(): number {
    return STATUS[this.code] ?? 422;
  }
}

/** The step is gone, done, or not theirs: start again from the application. 400, 403, 409, ... */
export class FlowError extends MireError {
  get status(): number {
    return STATUS[this.code] ?? 400;
  }
}

/** Somebody else's service, or ours behind this one, does not answer. 502, or 503. */
export class UpstreamError extends MireError {
  get status(): number {
    return STATUS[this.code] ?? 502;
  }
}

/** The service cannot start like this. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Every code and its status. The order is that of the documentation. */
export const STATUS = {
  // The interaction
  'interaction-unknown': 400,
  'interaction-done': 409,
  'step-out-of-order': 409,
  csrf: 403,
  'mode-not-accepted': 403,
  // Signing in
  'credentials-wrong': 401,
  'code-malformed': 422,
  'code-wrong': 401,
  'code-expired': 409,
  'code-too-many-tries': 409,
  'code-too-soon': 429,
  'code-too-many-sends': 429,
  'no-channel': 422,
  'sms-unavailable': 422,
  'field-missing': 422,
  'field-invalid': 422,
  'too-many-tries': 429,
  'account-unavailable': 403,
  'level-not-reached': 403,
  'mailbox-twice': 403,
  'proof-overtaken': 409,
  'door-closed': 403,
  // The account's own pages
  'contact-taken': 422,
  'contact-same': 422,
  'mail-proof-old': 403,
  'account-changed': 409,
  'undo-unknown': 422,
  'identity-last': 422,
  'password-mismatch': 422,
  'password-weak': 422,
  'passkey-refused': 401,
  'passkey-cloned': 403,
  'passkey-known': 422,
  'authenticator-code-wrong': 401,
  'recovery-code-wrong': 401,
  'recovery-over': 409,
  'role-missing': 403,
  'help-desk-forbidden': 403,
  'four-eyes': 409,
  'moment-too-far': 422,
  // The card: `card-` and the refusals of src/cards/card.ts
  'card-no-certificate': 422,
  'card-unreadable': 422,
  'card-wrong-ca': 403,
  'card-expired': 403,
  'card-not-yet-valid': 403,
  'card-revoked': 403,
  'card-revocation-unknown': 403,
  'card-signature-certificate': 403,
  'card-wrong-usage': 403,
  'card-card-type': 403,
  'card-pseudonym': 403,
  'card-handover': 409,
  'card-ticket': 409,
  // The desktop application: how a request ends, then what the application is refused
  'desktop-expired': 409,
  'desktop-refused': 403,
  'desktop-wrong-number': 403,
  'desktop-too-weak': 403,
  'desktop-too-old': 403,
  'desktop-token': 401,
  'desktop-proof': 401,
  'desktop-session': 403,
  'desktop-device-revoked': 403,
  'desktop-from-desktop': 403,
  'desktop-request': 404,
  // The structure, in Compte local
  'structure-unknown': 404,
  'structure-password-expired': 403,
  'structure-must-change': 403,
  'structure-locked': 403,
  'structure-disabled': 403,
  'structure-not-now': 403,
  'structure-not-here': 403,
  'structure-unclear': 502,
  'structure-second-factor': 403,
  'structure-refused': 403,
  'structure-unavailable': 502,
  'structure-untrusted': 502,
  'structure-busy': 503,
  // The first sign-in
  'sign-up-expired': 400,
  'invitation-over': 400,
  'account-other-identity': 409,
  'identity-needs-decision': 409,
  // The portal of integrators
  'integrator-only': 403,
  // Pro Santé Connect: `psc-` and the refusals of interactions/modes/psc/state.ts
  'psc-unavailable': 502,
  'psc-denied': 403,
  'psc-error': 502,
  'psc-answer': 409,
  'psc-exchange': 502,
  'psc-token': 502,
  'psc-clock': 502,
  'psc-stale': 403,
  'psc-level': 502,
  'psc-userinfo': 502,
  'psc-national-id': 502,
  'psc-national-id-changed': 502,
  // Any provider whose answer comes back
  'upstream-state': 400,
  // The request itself
  'bad-request': 400,
  'not-found': 404,
  'method-not-allowed': 405,
  'body-too-large': 413,
  'content-type': 415,
  'wrong-host': 421,
  'headers-too-large': 431,
  // Others
  upstream: 502,
  'delivery-unavailable': 502,
  overloaded: 503,
  'storage-unavailable': 503,
  internal: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof STATUS;
