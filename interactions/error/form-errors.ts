import type { UserError } from '../../src/http/errors.ts';
import { FieldsError } from '../../src/http/form.ts';
import type { Translate } from '../layout/texts.ts';

/** Errors that belong beside one field; the others stand above the form. */
const FIELD_OF: Partial<Record<UserError['code'], string>> = {
  'code-wrong': 'code',
  'code-malformed': 'code',
  'undo-unknown': 'undo_code',
  'password-mismatch': 'new_password_confirmation',
  'password-weak': 'new_password',
  'authenticator-code-wrong': 'code',
  'recovery-code-wrong': 'recovery_code',
};

/** An error of what the person sent, in the words and places of a form; `codeField` is its field for a code. */
export function errorLocals(error: UserError, t: Translate, codeField = 'code') {
  if (error instanceof FieldsError) {
    return {
      errors: error.fields.map(({ field, problem, text }) => ({
        field,
        text: text
          ? t(text)
          : problem === 'missing'
            ? t(missingKey(field))
            : t(problem === 'too-long' ? 'field.too-long' : 'error.field-invalid.text'),
      })),
    };
  }
  const text = t(`error.${error.code}.text`);
  const known = FIELD_OF[error.code];
  const field = known === 'code' ? codeField : known;
  const retryAfter = Number(error.detail.retryAfter ?? 0);
  const minutes = Math.ceil(retryAfter / 60);
  const when =
    retryAfter === 0
      ? ''
      : retryAfter < 60
        ? t('error.retry-seconds', { count: Math.ceil(retryAfter) })
        : t('error.retry-minutes', { count: minutes });
  return {
    ...(field ? { errors: [{ field, text }] } : {}),
    failure: { text, advice: [t(`error.${error.code}.advice`), when].filter(Boolean).join(' ') },
  };
}

const MISSING: Record<string, string> = {
  login: 'field.login.missing',
  password: 'field.password.missing',
  channel: 'code-ephemere.channel.missing',
  code: 'error.code-malformed.text',
  sms_code: 'error.code-malformed.text',
};
const missingKey = (field: string) => MISSING[field] ?? 'error.field-missing.text';
