import { z } from 'zod';
import type { KeptDraft } from '../../src/accounts/sign-up-drafts.ts';

/** The fields of the form (design §4), but for the secret ones, which are kept nowhere. */
export const FIELDS = [
  'title',
  'family_name',
  'given_name',
  'email',
  'email_confirmation',
  'profession',
  'specialty',
  'wants_login',
  'new_login',
  'phone',
  'terms',
] as const;
export type Field = (typeof FIELDS)[number];
export type Typed = Partial<Record<Field, string>>;

/** The form as it was accepted. */
const answers = z.object({
  title: z.string(),
  familyName: z.string(),
  givenName: z.string(),
  email: z.string(),
  profession: z.string().optional(),
  specialty: z.string().optional(),
  login: z.string().optional(),
  phone: z.string().optional(),
  termsVersion: z.string(),
});
export type Answers = z.infer<typeof answers>;

/** One destination: the code under way, if one is, and what was verified. */
const contact = z.object({ challengeId: z.uuid().optional(), verified: z.string().optional() });

/** Where somebody stands in a first sign-in; nothing of it makes an account before all is verified. */
export const draft = z.object({
  typed: z.partialRecord(z.enum(FIELDS), z.string()).default({}),
  answers: answers.optional(),
  /** Of the password chosen last, which itself is forgotten at once. */
  passwordHash: z.string().optional(),
  /** A captcha was solved for these answers; without one, the mail is verified before anything else is looked at. */
  proven: z.boolean().default(false),
  mail: contact.default({}),
  phone: contact.default({}),
  /** An account of theirs that they are proving, to join it. */
  existing: z
    .object({ accountId: z.uuid(), passwordAt: z.iso.datetime(), challengeId: z.uuid().optional() })
    .optional(),
});
export type Draft = z.infer<typeof draft>;

export const emptyDraft = (kept?: KeptDraft): Draft =>
  draft.parse({
    typed: kept
      ? Object.fromEntries(FIELDS.flatMap((name) => (kept.typed[name] ? [[name, kept.typed[name]]] : [])))
      : {},
    mail: { verified: kept?.mail },
    phone: { verified: kept?.phone },
  });

export type Step = 'form' | 'mail' | 'phone' | 'done';

/** What comes next: each step is a screen, and the order is here alone. */
export function stepOf({ answers, mail, phone }: Draft): Step {
  if (!answers) return 'form';
  if (mail.verified !== answers.email) return 'mail';
  if (answers.phone !== undefined && phone.verified !== answers.phone) return 'phone';
  return 'done';
}
