import type { SmtpOptions } from '../../adapters/mail/smtp.ts';
import type { Settings } from '../../config/settings.ts';
import type { Sender } from '../delivery/mail-frame.ts';

/** How the mail server is reached; undefined where there is none. */
export function smtpOptions(settings: Settings): SmtpOptions | undefined {
  const { MAIL_URL, MAIL_FROM, MAIL_TLS, MAIL_CA, MAIL_DKIM_KEY, MAIL_DKIM_SELECTOR } = settings;
  if (MAIL_URL === undefined) return undefined;
  const dkim = MAIL_DKIM_KEY && MAIL_DKIM_SELECTOR ? { selector: MAIL_DKIM_SELECTOR, key: MAIL_DKIM_KEY } : undefined;
  return { url: MAIL_URL, from: MAIL_FROM, tls: MAIL_TLS, ca: MAIL_CA, dkim };
}

/** What every message says of who sends it. */
export const messageSender = ({ PLATFORM_NAME, ISSUER, SUPPORT_URL }: Settings): Sender => ({
  platform: PLATFORM_NAME,
  host: new URL(ISSUER).hostname,
  supportUrl: SUPPORT_URL,
});
