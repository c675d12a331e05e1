import type { StoredProof, StrangerProof } from './flow.ts';
import type { Proof } from './mode.ts';

/** A proof of somebody who has an account. */
export type KnownProof = Proof & { readonly subject: { readonly accountId: string } };

const ground = ({ mode, acr, amr, at, passwordAt, deviceId, passkeyId, full, statement, upstream }: Proof) => ({
  mode,
  acr,
  amr: [...amr],
  at: at.toISOString(),
  ...(passwordAt ? { passwordAt: passwordAt.toISOString() } : {}),
  ...(deviceId ? { deviceId } : {}),
  ...(passkeyId ? { passkeyId } : {}),
  full,
  ...(statement ? { statement } : {}),
  ...(upstream ? { upstream } : {}),
});

export const toStored = (proof: KnownProof): StoredProof => ({
  ...ground(proof),
  accountId: proof.subject.accountId,
});

export const toStranger = (proof: Proof, subject: StrangerProof['subject']): StrangerProof => ({
  ...ground(proof),
  subject,
});

/** What both hold is read alike; whose proof it is, the caller says. */
export const fromStored = (
  { at, passwordAt, deviceId, passkeyId, mode, acr, amr, full, statement, upstream }: Omit<StoredProof, 'accountId'>,
  accountId: string,
): KnownProof => ({
  mode,
  acr,
  amr,
  deviceId,
  passkeyId,
  full,
  statement,
  upstream,
  subject: { accountId },
  at: new Date(at),
  passwordAt: passwordAt === undefined ? undefined : new Date(passwordAt),
});
