/** What happened, in the words of the audit log. Holds account ids and keyed hashes, never names or national ids. */
export const AUDIT_EVENTS = [
  'sign-in.password-accepted',
  'sign-in.password-refused',
  'sign-in.code-sent',
  'sign-in.code-accepted',
  'sign-in.code-refused',
  'contact.code-sent',
  'contact.code-accepted',
  'contact.code-refused',
  'recovery.code-sent',
  'recovery.code-accepted',
  'recovery.code-refused',
  'sign-in.card-accepted',
  'sign-in.card-refused',
  'sign-in.desktop-asked',
  'sign-in.desktop-approved',
  'sign-in.desktop-refused',
  'sign-in.structure-accepted',
  'sign-in.structure-refused',
  'sign-in.psc-accepted',
  'sign-in.psc-refused',
  'sign-in.mode-refused',
  'sign-in.succeeded',
  'sign-in.refused',
  'sign-in.abandoned',
  'session.ended',
  'account.created',
  'account.blocked',
  'account.unblocked',
  'account.roles-changed',
  'account.password-upgraded',
  'account.terms-accepted',
  'account.channel-preferred',
  'desktop.session-opened',
  'desktop.session-ended',
  'device.added',
  'device.renamed',
  'device.revoked',
  'structure.added',
  'structure.changed',
  'structure.enabled',
  'structure.disabled',
  'structure.left',
  'account.facts-recorded',
  'account.identity-linked',
  'account.invited',
  'sign-up.opened',
  'sign-up.mail-used',
  'account.contact-changed',
  'account.password-changed',
  'account.mail-reset-ended',
  'account.sign-in-disowned',
  'account.tries-used-up',
  'account.door-opened',
  'account.closed',
  'account.change-undone',
  'account.exported',
  'account.preferences-changed',
  'passkey.added',
  'passkey.renamed',
  'passkey.removed',
  'passkey.refused',
  'passkey.cloned',
  'authenticator.added',
  'authenticator.removed',
  'authenticator.preferred',
  'recovery-codes.made',
  'recovery-codes.used',
  'sign-in.passkey-accepted',
  'sign-in.authenticator-accepted',
  'sign-in.authenticator-refused',
  'sign-in.recovery-code-refused',
  'recovery.password-set',
  'recovery.identifier-sent',
  'account.mail-recheck-asked',
  'account.mail-unverified',
  'account.idle-warned',
  'account.idle-suspended',
  'account.erased',
  'help-desk.searched',
  'help-desk.looked',
  'help-desk.asked',
  'help-desk.declined',
  'help-desk.acted',
  'consent.given',
  'consent.refused',
  'consent.revoked',
  'token.exchanged',
  'client.registered',
  'client.updated',
  'client.deleted',
  'client.secret-rotated',
  'client.previous-secret-ended',
  'client.disabled',
  'client.enabled',
  'client.contacts-warned',
  'client.submitted',
  'client.approved',
  'client.refused',
  'integrator.invited',
  'integrator.uninvited',
  'key.published',
  'key.activated',
  'key.removed',
  'key.rewrapped',
  'key.forgotten',
] as const;
export type AuditEvent = (typeof AUDIT_EVENTS)[number];

/** Refusals that anybody may cause, as often as they like, and that are about nobody. */
const CAUSED: ReadonlySet<AuditEvent> = new Set([
  'sign-in.mode-refused',
  'sign-in.abandoned',
  'sign-in.card-refused',
  'sign-in.psc-refused',
  'sign-in.structure-refused',
  'sign-in.desktop-asked',
  'passkey.refused',
]);

/** From one address so many are written, and the rest are counted: a trace is for those who look for what happened. */
export const isAnybodys = ({ event, accountId }: AuditLine): boolean => accountId === undefined && CAUSED.has(event);

export interface AuditLine {
  readonly event: AuditEvent;
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly mode?: string | undefined;
  readonly acr?: string | undefined;
  readonly supportCode?: string | undefined;
  /** The address as received; the adapter stores its keyed hash, and the network it lies in. */
  readonly address?: string | undefined;
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export interface Audit {
  write(line: AuditLine): Promise<void>;
}
