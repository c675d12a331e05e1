import { type Missing, type Rules, structureBehind, type Vouching, whyNotOpen } from '../assurance/may-open.ts';
import { type ClientLike, policyOf } from '../clients/metadata.ts';
import type { Storage } from '../storage.ts';
import type { SignIn } from './sign-ins.ts';

/** The structure that a sign-in rests on, as it stands now; nothing is read for one that rests on none. */
export async function vouchingOf(
  { structures }: Pick<Storage, 'structures'>,
  signIn: Pick<SignIn, 'upstream'> | undefined,
): Promise<Vouching | undefined> {
  const id = structureBehind(signIn?.upstream);
  return id === undefined ? undefined : structures.byId(id);
}

/** What is known of a person beside their sign-in, when it is asked what it opens. */
export type Ground = Pick<Rules, 'offered' | 'closedDoors' | 'structure'>;

/** The same question where no request asks for more than the application itself. */
export function whyNotOpenNow(signIn: SignIn, client: ClientLike, ground: Ground): Missing | undefined {
  const application = policyOf(client);
  return whyNotOpen(signIn, { ...ground, application, required: application.minimumAcr });
}
