import { type Acr, MODES, type ModeId } from '../../config/modes.ts';
import type { SignIn } from '../provider/sign-ins.ts';
import { type ApplicationPolicy, type Refusal, whyModeRefused } from './accepted-modes.ts';
import { satisfies, strongest } from './levels.ts';

/** What a sign-in proved, as far as it decides what may be opened with it. */
export type Proved = Pick<SignIn, 'mode' | 'acr' | 'upstream'>;

/** A structure that vouched for a sign-in, as it stands now. */
export interface Vouching {
  readonly enabled: boolean;
  /** The most that its word is worth. */
  readonly assurance: Acr;
}

/** Everything that may stand against a sign-in, as it is now. */
export interface Rules {
  /** The modes of this deployment (`MODES`). */
  readonly offered: readonly ModeId[];
  readonly application: ApplicationPolicy;
  /** The least level of this request; without a request, the application's own minimum. */
  readonly required: Acr;
  /** Ways of signing in that the person closed. */
  readonly closedDoors: readonly ModeId[];
  /** The structure that the sign-in rests on, when it rests on one: see `structureBehind`. */
  readonly structure: Vouching | undefined;
}

export type Missing =
  | { readonly what: 'door'; readonly mode: ModeId }
  | { readonly what: 'mode'; readonly mode: ModeId; readonly why: Refusal }
  | { readonly what: 'structure' }
  | { readonly what: 'level'; readonly level: Acr };

const LOCAL = 'compte-local' satisfies ModeId;

/** The structure whose word a sign-in rests on; a code that completes its password, or a desktop it opened, rests on it too. */
export const structureBehind = (upstream: Proved['upstream']): string | undefined =>
  /^structure:(.+)$/.exec(upstream?.provider ?? '')?.[1];

/** The modes that must all be accepted: that of the last factor, and that of what it completed, when it was another's word. */
const modesOf = ({ mode, upstream }: Proved): readonly ModeId[] =>
  structureBehind(upstream) === undefined || mode === LOCAL ? [mode] : [mode, LOCAL];

const rowOf = (mode: ModeId) => MODES.find(({ id }) => id === mode);

/**
 * A structure that was closed, or whose word is worth less than it was, vouches for nothing more. The level of what
 * completes a password is its own.
 */
function stillVouched({ mode, acr, upstream }: Proved, structure: Vouching | undefined): boolean {
  if (structureBehind(upstream) === undefined) return true;
  return (
    structure?.enabled === true && (rowOf(mode)?.completesPassword === true || satisfies(structure.assurance, acr))
  );
}

/**
 * The one answer to "may this sign-in open this application, now": for the page after a proof, silent single sign-on,
 * `prompt=none`, the desktop, CIBA, the device flow, token exchange, refresh and our own pages.
 * @returns what is missing, or undefined when it may.
 */
export function whyNotOpen(signIn: Proved, rules: Rules): Missing | undefined {
  const { offered, application, required, closedDoors, structure } = rules;
  for (const mode of modesOf(signIn)) {
    if (closedDoors.includes(mode)) return { what: 'door', mode };
    // What it really proved is compared below: `eidas1` asks no more than whether the mode is accepted.
    const why = whyModeRefused(mode, offered, application, 'eidas1');
    if (why) return { what: 'mode', mode, why };
  }
  if (!stillVouched(signIn, structure)) return { what: 'structure' };
  return satisfies(signIn.acr, required) ? undefined : { what: 'level', level: required };
}

/**
 * Whether this mode makes, of a password that stands, a sign-in that may open the application. It counts as a sign-in of
 * the mode that completes: what it asks for, a password and a second factor, is what was given.
 */
export function mayComplete(mode: ModeId, password: Pick<Proved, 'acr' | 'upstream'>, rules: Rules): boolean {
  const row = rowOf(mode);
  if (!row?.completesPassword) return false;
  const { acr, upstream } = password;
  return whyNotOpen({ mode, acr: strongest([acr, row.acr]) ?? row.acr, upstream }, rules) === undefined;
}

/** Whether anything completes it: else the password is no help here, and is asked again where one is needed. */
export const isCompletable = (password: Pick<Proved, 'acr' | 'upstream'>, rules: Rules): boolean =>
  MODES.some(({ id }) => mayComplete(id, password, rules));

/** What an account can be asked a one-time code by. */
export interface CodeMeans {
  readonly channels: number;
  readonly authenticator: boolean;
  readonly recoveryCodes: number;
}

/** The promise of the page, that a one-time code is all that is missing. */
export const onlyACodeMissing = (
  password: Pick<Proved, 'acr' | 'upstream'>,
  rules: Rules,
  { channels, authenticator, recoveryCodes }: CodeMeans,
): boolean => mayComplete('code-ephemere', password, rules) && (channels > 0 || authenticator || recoveryCodes > 0);
