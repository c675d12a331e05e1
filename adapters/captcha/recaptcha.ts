import { z } from 'zod';
import type { Log } from '../../src/log.ts';
import type { Captcha } from '../../src/protection/captcha.ts';

const TIMEOUT = 2500;
const ANSWER_MAX = 4096;
const answer = z.object({ success: z.boolean(), hostname: z.string().optional() });

export interface RecaptchaParts {
  readonly siteKey: string;
  readonly secret: string;
  /** Where answers are verified. */
  readonly url: string;
  /** Of the sign-in page: an answer given on another site is worth nothing here. */
  readonly hostname: string;
  readonly log: Log;
}

/** Google's. When it does not answer, everybody takes the slower road. */
export function createRecaptcha({ siteKey, secret, url, hostname, log }: RecaptchaParts): Captcha {
  return {
    kind: 'recaptcha',
    siteKey,
    origins: ['https://www.google.com', 'https://www.gstatic.com'],
    async check(fields, address) {
      const response = fields['g-recaptcha-response'];
      if (typeof response !== 'string' || response === '') return 'absent';
      if (response.length > ANSWER_MAX) return 'refused';
      try {
        const verified = await fetch(url, {
          method: 'POST',
          body: new URLSearchParams({ secret, response, remoteip: address }),
          redirect: 'error',
          signal: AbortSignal.timeout(TIMEOUT),
        });
        if (!verified.ok) throw new Error(`status ${verified.status}`);
        const said = answer.parse(await verified.json());
        return said.success && (said.hostname ?? hostname) === hostname ? 'solved' : 'refused';
      } catch (err) {
        log.warn({ err }, 'reCAPTCHA does not answer');
        return 'absent';
      }
    },
  };
}
