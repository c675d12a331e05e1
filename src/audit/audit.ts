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
  'client.submitted',
  'client.approved',
  'client.refused',
  'integrator.invited',
  'integrator.uninvited',
  'key.published',
  'key.activated',
  'key.removed',
  'key.rewrapped',
] as const;
export type AuditEvent = (typeof AUDIT_EVENTS)[number];

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
