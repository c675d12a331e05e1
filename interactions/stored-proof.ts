import type { SignIn } from '../src/provider/sign-ins.ts';
import type { Flow, StoredProof, StrangerProof } from './flow.ts';
import type { Proof } from './mode.ts';

/** A proof of somebody who has an account. */
export type KnownProof = Proof & { readonly subject: { readonly accountId: string } };

const ground = ({
  mode,
  acr,
  amr,
  at,
  provedAt,
  passwordAt,
  deviceId,
  passkeyId,
  beside,
  full,
  statement,
  upstream,
}: Proof) => ({
  mode,
  acr,
  amr: [...amr],
  at: at.toISOString(),
  ...(provedAt ? { provedAt: provedAt.toISOString() } : {}),
  ...(passwordAt ? { passwordAt: passwordAt.toISOString() } : {}),
  ...(deviceId ? { deviceId } : {}),
  ...(passkeyId ? { passkeyId } : {}),
  ...(beside ? { beside } : {}),
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
  {
    at,
    provedAt,
    passwordAt,
    deviceId,
    passkeyId,
    beside,
    mode,
    acr,
    amr,
    full,
    statement,
    upstream,
  }: Omit<StoredProof, 'accountId'>,
  accountId: string,
): KnownProof => ({
  mode,
  acr,
  amr,
  deviceId,
  passkeyId,
  beside,
  full,
  statement,
  upstream,
  subject: { accountId },
  at: new Date(at),
  provedAt: provedAt === undefined ? undefined : new Date(provedAt),
  passwordAt: passwordAt === undefined ? undefined : new Date(passwordAt),
});

/** The password proof that this interaction holds already, if it does. */
export const partialOf = (flow: Flow): StoredProof | undefined => ('partial' in flow ? flow.partial : undefined);

/** When this service saw it. */
export const seenAt = ({ provedAt, at }: StoredProof): Date => new Date(provedAt ?? at);

/** A step back within the choice of a mode keeps it. */
export const keepPartial = (from: Flow, to: Flow): Flow => {
  const partial = partialOf(from);
  return partial && (to.stage === 'choosing' || to.stage === 'in-mode') ? { ...to, partial } : to;
};

/**
 * What a code adds to a password, and what came with the password: whoever vouched for the person then still does. With
 * a password of this interaction it is a whole sign-in.
 */
export function withPassword(proof: KnownProof, flow: Flow, before: SignIn | undefined): KnownProof {
  if (proof.full) return proof;
  const partial = partialOf(flow);
  if (partial?.accountId !== proof.subject.accountId) return { ...proof, upstream: before?.upstream };
  // As old as its oldest part.
  return { ...proof, full: true, provedAt: seenAt(partial), upstream: partial.upstream, statement: partial.statement };
}
