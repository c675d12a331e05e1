/** Everything that can come instead of an acceptance of a message; what each asks for: src/delivery/answers.ts. */
export const DELIVERY_REASONS = [
  'unknown-recipient',
  'not-an-address',
  'unclear-recipient',
  'mailbox-full',
  'content-refused',
  'login-refused',
  'not-encrypted',
  'sender-refused',
  'not-let-in',
  'unreachable',
  'busy',
] as const;
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];
