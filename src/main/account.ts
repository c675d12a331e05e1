import { createAccount } from '../../interactions/account/account.ts';
import type { FrameParts } from '../../interactions/account/frame.ts';
import { createSelfCare } from '../accounts/self-care.ts';
import { createChanging } from '../accounts/telling.ts';
import { createUndoing } from '../accounts/undoing.ts';
import type { Codes } from '../challenges/codes.ts';
import type { DesktopSessions } from '../desktop/sessions.ts';
import type { Csrf } from '../http/csrf.ts';
import { UserError } from '../http/errors.ts';
import type { Delivery } from './delivery.ts';
import type { Parts } from './parts.ts';

/** The pages of a person's own account. */
export function accountPages(
  parts: Parts,
  { logout, notifier }: Pick<Delivery, 'logout' | 'notifier'>,
  built: { codes: Codes; csrf: Csrf; desktopSessions: DesktopSessions } & Pick<FrameParts, 'provider' | 'pages'>,
) {
  const { settings, storage, clock, passwords, limits } = parts;
  const careParts = { storage, clock, logout, notifier, issuer: settings.ISSUER };
  const change = createChanging(careParts);
  return createAccount({
    ...parts,
    ...built,
    logout,
    care: createSelfCare(careParts, passwords, change),
    undoing: createUndoing(careParts, limits, change),
    async checkPassword(password, again, { login, email }) {
      if (password !== again) throw new UserError('password-mismatch');
      const like = [login, email].filter((one) => one !== undefined).map((one) => one.toLowerCase());
      if ([...password].length < 12 || like.some((one) => password.toLowerCase().includes(one)))
        throw new UserError('password-weak');
    },
    eraseAfter: 30,
  });
}
