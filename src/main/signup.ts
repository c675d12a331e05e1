import { createAltcha } from '../../adapters/captcha/altcha.ts';
import { createRecaptcha } from '../../adapters/captcha/recaptcha.ts';
import { openLeakedFile } from '../../adapters/passwords/leaked-file.ts';
import { createPasswordRule, type PasswordRule } from '../accounts/password-rule.ts';
import type { Captcha } from '../protection/captcha.ts';
import type { Parts } from './parts.ts';

/** The captcha of the settings. */
export function openCaptcha({ settings, vault, limits, clock, log }: Parts): Captcha {
  const { CAPTCHA, CAPTCHA_WORK, RECAPTCHA_SITE_KEY, RECAPTCHA_SECRET, RECAPTCHA_URL, ISSUER } = settings;
  if (CAPTCHA === 'altcha') return createAltcha({ vault, limits, clock, work: CAPTCHA_WORK });
  const [siteKey, secret] = [RECAPTCHA_SITE_KEY ?? '', RECAPTCHA_SECRET ?? ''];
  return createRecaptcha({ siteKey, secret, url: RECAPTCHA_URL, hostname: new URL(ISSUER).hostname, log });
}

/** @throws {ConfigError} when the list of the settings cannot be read */
export async function openPasswordRule({
  settings,
  limits,
}: Pick<Parts, 'settings' | 'limits'>): Promise<PasswordRule> {
  const file = settings.LEAKED_PASSWORDS_FILE;
  const leaked = file === undefined ? undefined : await openLeakedFile(file);
  return createPasswordRule(leaked, (whose) => limits.take('passwords-judged', whose));
}
