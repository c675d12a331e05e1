import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Acr, ModeId } from '../config/modes.ts';
import type { OutsideIdentity, Statement } from '../src/accounts/statement.ts';
import type { Beside } from '../src/assurance/mailbox.ts';
import type { Upstream } from '../src/provider/upstream.ts';
import type { Storage } from '../src/storage.ts';
import type { Kit } from './kit.ts';
import type { Texts } from './layout/texts.ts';
import type { Visit } from './visit.ts';

/** What a mode answers: who, how strongly, when. Nothing about what follows. */
export interface Proof {
  readonly mode: ModeId;
  /** One of ours, or somebody that the outside knows: whether that one has an account is not the mode's concern. */
  readonly subject: { readonly accountId: string } | OutsideIdentity;
  /** What the source says of the person, besides who they are. */
  readonly statement?: Statement | undefined;
  /** What belongs to this sign-in alone. */
  readonly upstream?: Upstream | undefined;
  readonly acr: Acr;
  readonly amr: readonly string[];
  /** When the last factor was given. */
  readonly at: Date;
  /** When this service saw the oldest part of it, where that is not `at`: see src/accounts/since.ts. */
  readonly provedAt?: Date | undefined;
  /** When the password was given, if one was: what a code may complete later in this session. */
  readonly passwordAt?: Date | undefined;
  /** The desktop that approved it. */
  readonly deviceId?: string | undefined;
  /** The passkey that proved it. */
  readonly passkeyId?: string | undefined;
  /** What was given beside the password, if one was. */
  readonly beside?: Beside | undefined;
  /** False when it completes a proof that lived in the session already. */
  readonly full: boolean;
  /** Uses the proof up, in the transaction that records the sign-in. @throws when somebody used it first. */
  readonly spend?: (storage: Storage) => Promise<void>;
  /** After the sign-in is recorded: gives back what a failure would have cost. */
  readonly succeeded?: () => Promise<void>;
}

/** One way of signing in: a folder in interactions/modes/ and one line in registry.ts. */
export interface Mode {
  readonly id: ModeId;
  readonly texts: Texts;
  /** Needs what a phone has not, such as a card reader: never the tab that opens by itself there. */
  readonly atADeskOnly?: true;
  /** `asked`: the application's request names it; `near`: who comes from here is likely to want it. Opens its tab first. */
  wanted?(ctx: Context, visit: Visit, kit: Pick<Kit, 'structures'>): Promise<'asked' | 'near' | undefined>;
  /** Browsers may suggest it in the field of the identifier, whichever tab is open: its forms are those of a passkey. */
  readonly autofill?: true;
  /** Whether it can be offered to this visit, beyond what the application accepts. Pure. */
  isOffered(visit: Visit): boolean;
  /** Everything under `/interaction/:uid/<id>`; the router is prefixed with it. */
  routes(router: Router, kit: Kit): void;
}
