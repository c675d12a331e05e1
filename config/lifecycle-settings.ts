import { count } from './setting-types.ts';

/** What the years do to an account. */
export const lifecycleSettings = {
  MAIL_RECHECK_DAYS: count(0, 3650)
    .default(365)
    .describe(
      'days after which a mail that sent back no code is to be verified again, 30 days more to do it; 0: never',
    ),
  IDLE_WARN_DAYS: count(0, 3650)
    .default(335)
    .describe('days without a sign-in after which the person is warned by mail; 0: never'),
  IDLE_SUSPEND_DAYS: count(0, 3650)
    .default(365)
    .describe('days without a sign-in after which an account that was warned 14 days before is blocked; 0: never'),
  ERASE_CLOSED_DAYS: count(3, 3650)
    .default(30)
    .describe('days after which a closed account is erased; its audit stays, which holds no name'),
};
