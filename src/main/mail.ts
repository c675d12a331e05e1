import type { SmtpOptions } from '../../adapters/mail/smtp.ts';
import { readMailAddress } from '../../config/mail-address.ts';
import type { Settings } from '../../config/settings.ts';
import { returnPath, returnToken } from '../delivery/bounces.ts';
import type { Sender } from '../delivery/mail-frame.ts';
import type { Vault } from '../protection/secrets.ts';

/** How the mail server is reached; undefined where there is none. */
export function smtpOptions(settings: Settings, vault: Pick<Vault, 'index'>): SmtpOptions | undefined {
  const { MAIL_URL, MAIL_FROM, MAIL_BOUNCES, MAIL_TLS, MAIL_CA, MAIL_DKIM_KEY, MAIL_DKIM_SELECTOR } = settings;
  if (MAIL_URL === undefined) return undefined;
  const dkim = MAIL_DKIM_KEY && MAIL_DKIM_SELECTOR ? { selector: MAIL_DKIM_SELECTOR, key: MAIL_DKIM_KEY } : undefined;
  const back = readMailAddress(MAIL_BOUNCES ?? '');
  const returnTo = back && ((address: string) => returnPath(back, returnToken(vault, address)));
  return { url: MAIL_URL, from: MAIL_FROM, tls: MAIL_TLS, ca: MAIL_CA, dkim, returnTo };
}

/** What every message says of who sends it. */
export const messageSender = ({ PLATFORM_NAME, ISSUER, SUPPORT_URL }: Settings): Sender => ({
  platform: PLATFORM_NAME,
  host: new URL(ISSUER).hostname,
  supportUrl: SUPPORT_URL,
});
