import { type BerReader, Control } from 'ldapts';
import type { Meaning } from './answers.ts';

const CONTEXT_0 = 0xa0;
const CONTEXT_1 = 0x81;

/**
 * What OpenLDAP's ppolicy and 389 Directory Server say beside the answer to a bind, to whoever asks for it
 * (draft-behera-ldap-password-policy-10 §6). Others leave it out: it is critical to nobody.
 */
export class PasswordPolicyControl extends Control {
  static readonly type = '1.3.6.1.4.1.42.2.27.8.5.1';
  /** The error that it names. */
  error: number | undefined;

  constructor() {
    super(PasswordPolicyControl.type);
  }

  override parseControl(reader: BerReader): void {
    if (reader.readSequence() === null) return;
    const end = reader.offset + reader.length;
    // How long the password lives, or how many more times it is taken: it lets them in.
    if (reader.offset < end && reader.peek() === CONTEXT_0) reader.readString(CONTEXT_0, true);
    if (reader.offset < end && reader.peek() === CONTEXT_1) this.error = reader.readTag(CONTEXT_1) ?? undefined;
  }
}

/** By the number of the error: those that a bind is answered. Whether a password has expired is asked after whether it is right. */
export const POLICY_ANSWERS: Readonly<Record<number, Meaning>> = {
  0: { password: 'right', refusal: 'password-expired' },
  1: { password: 'not-judged', refusal: 'locked' },
  2: { password: 'right', refusal: 'must-change' },
};

/** The bind worked, and the directory takes nothing but a new password from then on. */
export const MUST_CHANGE = 2;
