import type { Sample } from '../pages/page-samples.ts';

const page = (view: string, titleKey: string, locals: Sample['locals'] = () => ({})): Sample => ({
  name: `recovery-${view}`,
  view: `interactions/recovery/${view}.pug`,
  titleKey,
  locals: (t) => ({ csrf: 'x', ...locals(t) }),
});

const CAPTCHA = { captcha: { kind: 'altcha', challenge: '/x', lang: 'fr' } };

/** Forgotten password and identifier. */
export const RECOVERY_SAMPLES: readonly Sample[] = [
  page('start', 'forgotten-password.title'),
  { ...page('start', 'forgotten-password.title', () => CAPTCHA), name: 'recovery-start-captcha' },
  {
    ...page('code', 'recovery.code.title', () => ({ expiresInMinutes: 5, resendInSeconds: 0, ...CAPTCHA })),
    name: 'recovery-code-captcha',
  },
  page('code', 'recovery.code.title', () => ({ expiresInMinutes: 5, resendInSeconds: 20 })),
  page('second', 'recovery.second.title', () => ({
    app: false,
    codes: true,
    passkey: true,
    sms: '•• •• •• •• 42',
    smsSent: true,
  })),
  page('new-password', 'recovery.password.title', () => ({ login: 'mdurand' })),
  page('done', 'recovery.done.title', () => ({ mailAlone: true })),
  page('identifier', 'recovery.identifier.title'),
  page('identifier-sent', 'recovery.identifier.title'),
];
