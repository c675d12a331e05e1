import { createAccount } from '../../interactions/account/account.ts';
import type { FrameParts } from '../../interactions/account/frame.ts';
import { createRecoveryPages } from '../../interactions/recovery/recovery.ts';
import { createSupport } from '../../interactions/support/support.ts';
import type { Account } from '../accounts/account.ts';
import type { PasswordRule } from '../accounts/password-rule.ts';
import { createSelfCare } from '../accounts/self-care.ts';
import { createChanging } from '../accounts/telling.ts';
import { createUndoing } from '../accounts/undoing.ts';
import type { Codes } from '../challenges/codes.ts';
import type { Notifier } from '../delivery/notifier.ts';
import type { DesktopSessions } from '../desktop/sessions.ts';
import { createPasskeyCeremonies } from '../factors/passkey-ceremonies.ts';
import { createRecovery } from '../factors/recovery.ts';
import { createTotp } from '../factors/totp.ts';
import type { Csrf } from '../http/csrf.ts';
import { UserError } from '../http/errors.ts';
import type { Admission } from '../protection/admission.ts';
import type { Captcha } from '../protection/captcha.ts';
import { createHelping } from '../support/helping.ts';
import type { Delivery } from './delivery.ts';
import type { Parts } from './parts.ts';

/** Second factors that people add themselves, for the modes and for the pages of an account. */
export function openFactors(parts: Parts, notifier: Notifier, admission: Admission) {
  const { settings } = parts;
  const ceremony = { ...parts, admission, notifier, issuer: settings.ISSUER };
  return {
    passkeys: createPasskeyCeremonies(ceremony, settings.PLATFORM_NAME),
    totp: createTotp(ceremony),
    recovery: createRecovery(ceremony),
  };
}

/** The same rule wherever a password is chosen. */
const passwordCheck =
  (rule: PasswordRule) => async (password: string, again: string, account: Account, whose: string) => {
    if (password !== again) throw new UserError('password-mismatch');
    const { login, email, givenName, familyName } = account;
    const flaw = await rule.judge(password, [login, email, givenName, familyName], whose);
    if (flaw) throw new UserError('password-weak', { flaw });
  };

/** What people change of their own account, on its pages and at a sign-in. */
export function openSelfCare(
  { settings, storage, clock, passwords, circumstances }: Parts,
  { logout, notifier }: Pick<Delivery, 'logout' | 'notifier'>,
) {
  const careParts = { storage, clock, logout, notifier, circumstances, issuer: settings.ISSUER };
  const change = createChanging(careParts);
  return { careParts, change, care: createSelfCare(careParts, passwords, change) };
}

/** The pages of a person's own account, and those of who cannot come in any more. */
export function accountPages(
  parts: Parts,
  { logout, notifier }: Pick<Delivery, 'logout' | 'notifier'>,
  built: {
    selfCare: ReturnType<typeof openSelfCare>;
    codes: Codes;
    csrf: Csrf;
    desktopSessions: DesktopSessions;
    passwordRule: PasswordRule;
    admission: Admission;
    captcha: Captcha;
    factors: ReturnType<typeof openFactors>;
  } & Pick<FrameParts, 'provider' | 'pages'>,
) {
  const { settings, limits } = parts;
  const { careParts, change, care } = built.selfCare;
  const shared = {
    ...parts,
    ...built,
    care,
    checkPassword: passwordCheck(built.passwordRule),
  };
  const account = createAccount({
    ...shared,
    logout,
    change,
    undoing: createUndoing(careParts, limits, change),
    ceremonies: built.factors.passkeys,
    async codesAccepted(accountId, request, work) {
      const tried = await built.admission.admit({ door: 'own-code', counter: accountId, accountId, request });
      await work();
      await tried.succeeded();
    },
    eraseAfter: settings.ERASE_CLOSED_DAYS,
  });
  const { totp, recovery } = built.factors;
  const support = createSupport({ ...shared, helping: createHelping(careParts, limits) });
  return [
    account,
    createRecoveryPages({ ...shared, totp, recovery, passkeys: built.factors.passkeys, notifier }),
    support,
  ];
}
