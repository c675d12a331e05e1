import type { RouterContext } from '@koa/router';
import { z } from 'zod';
import { PROFESSIONS, SPECIALTIES } from '../../config/nomenclatures.ts';
import { TITLES } from '../../config/titles.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import type { PasswordRule } from '../../src/accounts/password-rule.ts';
import { mailAddress, mobileNumber, newLogin, personName } from '../../src/accounts/person-fields.ts';
import type { Statement } from '../../src/accounts/statement.ts';
import { type FieldProblem, FieldsError, line, type WrongField } from '../../src/http/form.ts';
import { type Answers, FIELDS, type Field, type Typed } from './draft.ts';
import type { Rules } from './rules.ts';

const TYPED_MAX = 400;
const YES = new Set(['yes', 'on', 'true', '1', 'oui']);
export const isYes = (typed: string | undefined): boolean => YES.has((typed ?? '').trim().toLowerCase());

type Body = Readonly<Record<string, unknown>>;
export const bodyOf = (ctx: RouterContext): Body => (ctx.request as { body?: Body }).body ?? {};

/** What was typed, to be shown again: one value each, of a length that somebody may really have typed. */
export function typedIn(body: Body): Typed {
  const entries = FIELDS.flatMap((name) => {
    const value = body[name];
    return typeof value === 'string' && line(TYPED_MAX).safeParse(value).success ? [[name, value]] : [];
  });
  return Object.fromEntries(entries) as Typed;
}

export interface Accepted {
  readonly answers: Omit<Answers, 'termsVersion'>;
  /** Chosen in this form; undefined when the one chosen before stays. */
  readonly password: string | undefined;
}

const KNOWN: readonly FieldProblem[] = ['missing', 'too-long', 'invalid'];

/**
 * Reads the whole form and says everything that is wrong with it at once.
 * @param chosen a password was chosen already, and may stay
 * @throws {FieldsError}
 */
export async function readForm(
  body: Body,
  {
    rules,
    statement,
    rule,
    flow,
    chosen,
  }: { rules: Rules; statement: Statement | undefined; rule: PasswordRule; flow: string; chosen: boolean },
): Promise<Accepted> {
  const wrong: WrongField[] = [];
  const refuse = (field: string, why: string, text = `signup.${field}.${why}`) => {
    if (wrong.some((one) => one.field === field)) return;
    const problem = KNOWN.find((known) => known === why) ?? 'invalid';
    wrong.push({ field, problem, text });
  };
  /** One field, or undefined once its fault is noted. A field that was sent twice, or holds no text, is invalid. */
  const read = <T>(field: string, schema: z.ZodType<T, string>): T | undefined => {
    const sent = body[field] ?? '';
    const plain = line(1000).safeParse(sent);
    const parsed = plain.success ? schema.safeParse(plain.data) : undefined;
    if (parsed?.success) return parsed.data;
    const long = typeof sent === 'string' && sent.length > 1000;
    refuse(field, long ? 'too-long' : (parsed?.error.issues[0]?.message ?? 'invalid'));
    return undefined;
  };

  const name = (field: 'family_name' | 'given_name', said: string | undefined) =>
    rules.locked.has(field) ? said : read(field, personName);
  const title = read('title', oneOf(TITLES));
  const familyName = name('family_name', statement?.familyName);
  const givenName = name('given_name', statement?.givenName);
  const email = read('email', mailAddress);
  const confirmed = read('email_confirmation', z.string());
  if (email !== undefined && loginKey(confirmed ?? '') !== loginKey(email))
    refuse('email_confirmation', confirmed?.trim() ? 'different' : 'missing');
  const profession = read(
    'profession',
    z.string().refine((code) => code === '' || Object.hasOwn(PROFESSIONS, code), 'invalid'),
  );
  const specialty = read(
    'specialty',
    z.string().refine((code) => code === '' || Object.hasOwn(SPECIALTIES, code), 'invalid'),
  );
  if (specialty && SPECIALTIES[specialty]?.profession !== profession) refuse('specialty', 'other-profession');

  const wantsLogin = rules.login === 'required' || isYes(typedIn(body).wants_login);
  const login = wantsLogin ? read('new_login', newLogin) : undefined;
  const password = wantsLogin ? await readPassword() : undefined;
  const optional = !wantsLogin && (rules.phone === 'with-login' || !typedIn(body).phone?.trim());
  const phone = optional ? undefined : read('phone', mobileNumber);
  if (!isYes(typedIn(body).terms)) refuse('terms', 'missing');

  async function readPassword(): Promise<string | undefined> {
    const [given, again] = [body.new_password ?? '', body.new_password_confirmation ?? ''];
    if (given === '' && again === '' && chosen) return undefined;
    if (typeof given !== 'string' || typeof again !== 'string' || /\p{Cc}/u.test(given) || !given.isWellFormed()) {
      refuse('new_password', 'invalid');
      return undefined;
    }
    if (given === '') refuse('new_password', 'missing');
    else {
      const typed = typedIn(body);
      const flaw = await rule.judge(given, [typed.new_login, familyName, givenName, typed.email], flow);
      if (flaw) refuse('new_password', flaw, `password-rule.${flaw}`);
    }
    if (given !== again) refuse('new_password_confirmation', again === '' ? 'missing' : 'different');
    return given;
  }

  if (wrong.length > 0 || !title || !familyName || !givenName || !email) throw new FieldsError(inOrder(wrong));
  const codes = { profession: profession || undefined, specialty: specialty || undefined };
  return { answers: { title, familyName, givenName, email, ...codes, login, phone }, password };
}

const oneOf = (values: readonly string[]) =>
  z
    .string()
    .refine((value) => value !== '', 'missing')
    .refine((value) => value === '' || values.includes(value), 'invalid');

const ORDER = [...FIELDS.slice(0, -2), 'new_password', 'new_password_confirmation', ...FIELDS.slice(-2)] as string[];
/** As they stand on the page. */
const inOrder = (wrong: readonly WrongField[]): WrongField[] =>
  [...wrong].sort((a, b) => ORDER.indexOf(a.field) - ORDER.indexOf(b.field));

/** What the form shows: what was typed, else what the statement says. */
export function valuesOf(typed: Typed, statement: Statement | undefined, rules: Rules): Record<Field, string> {
  const said: Typed = {
    title: statement?.title && (TITLES as readonly string[]).includes(statement.title) ? statement.title : '',
    family_name: statement?.familyName ?? '',
    given_name: statement?.givenName ?? '',
    email: statement?.email ?? '',
    profession: statement?.profession && Object.hasOwn(PROFESSIONS, statement.profession) ? statement.profession : '',
    specialty: statement?.specialty && Object.hasOwn(SPECIALTIES, statement.specialty) ? statement.specialty : '',
    phone: statement?.phone ?? '',
  };
  return Object.fromEntries(
    FIELDS.map((name) => {
      const locked = (name === 'family_name' || name === 'given_name') && rules.locked.has(name);
      return [name, (locked ? said[name] : (typed[name] ?? said[name])) ?? ''];
    }),
  ) as Record<Field, string>;
}
