import { channelsThatCount } from '../../src/assurance/mailbox.ts';
import { mayComplete, onlyACodeMissing } from '../../src/assurance/may-open.ts';
import type { Storage } from '../../src/storage.ts';
import type { Visit } from '../visit.ts';

/** Whether the page may promise that a one-time code is all that is missing: it is, and this person can get one. */
export async function promisesACode(
  { authenticators, recoveryCodes, care }: Pick<Storage, 'authenticators' | 'recoveryCodes' | 'care'>,
  visit: Visit,
): Promise<boolean> {
  const { livingPassword: password } = visit;
  const known = password && (await visit.rulesFor(password));
  if (!password || !known || !mayComplete('code-ephemere', password, known)) return false;
  const { account } = password;
  const [closed, authenticator, codes] = await Promise.all([
    care.closedDoors(account.id),
    authenticators.of(account.id),
    recoveryCodes.left(account.id),
  ]);
  const rules = { ...known, closedDoors: closed.map(({ mode }) => mode) };
  const channels = channelsThatCount(account, { required: rules.required, upstream: password.upstream }).length;
  return onlyACodeMissing(password, rules, {
    channels,
    authenticator: authenticator !== undefined,
    recoveryCodes: codes,
  });
}
