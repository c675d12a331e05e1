import { CARE } from '../../config/lives.ts';
import type { Account } from './account.ts';

type Mail = Pick<Account, 'email' | 'emailRefusedAt' | 'mailAskedAt'>;

/**
 * Whether somebody is to be asked for another address: its own server refuses the one that stands. Who put it off is
 * asked again after some days; who has another dead one since, at once.
 */
export function isMailToAsk({ email, emailRefusedAt, mailAskedAt }: Mail, now: Date): boolean {
  if (!email || !emailRefusedAt) return false;
  if (!mailAskedAt || mailAskedAt < emailRefusedAt) return true;
  return now.getTime() - mailAskedAt.getTime() >= CARE.askAgain * 1000;
}
