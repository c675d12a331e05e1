import type { SignIn } from '../provider/sign-ins.ts';
import type { Storage } from '../storage.ts';
import { type Structure, sourceOf } from './structure.ts';

/** What of an account rests on this structure's word, whether or not a session is left of it. */
export async function vouchedBy(
  storage: Pick<Storage, 'signIns'>,
  structure: Structure,
  accountId: string,
): Promise<SignIn[]> {
  const resting = await storage.signIns.resting(accountId);
  return resting.filter(({ upstream }) => upstream?.provider === sourceOf(structure));
}

const DOUBTFUL = { least: 10, share: 0.5 };

/** A directory that suddenly knows none of many is one that we read wrongly. */
export const isDoubtful = (missing: number, of: number): boolean =>
  of >= DOUBTFUL.least && missing > of * DOUBTFUL.share;
