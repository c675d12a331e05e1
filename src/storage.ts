import type { Accounts } from './accounts/account.ts';
import type { Care } from './accounts/care.ts';
import type { Facts } from './accounts/facts.ts';
import type { Invitations } from './accounts/invitation.ts';
import type { Lifecycles } from './accounts/lifecycle.ts';
import type { Preferences } from './accounts/preferences.ts';
import type { Recoveries } from './accounts/recovery.ts';
import type { SignUpDrafts } from './accounts/sign-up-drafts.ts';
import type { Undos } from './accounts/undo.ts';
import type { Audit } from './audit/audit.ts';
import type { CardHandovers } from './cards/handover.ts';
import type { Challenges } from './challenges/challenge.ts';
import type { Clients } from './clients/client.ts';
import type { ClientErrors } from './clients/client-error.ts';
import type { Consents } from './clients/consents.ts';
import type { Integrators } from './clients/integrators.ts';
import type { RegistrationPolicies } from './clients/registration-policy.ts';
import type { Notices } from './delivery/notice.ts';
import type { SmsMessages } from './delivery/sms-receipts.ts';
import type { DesktopDevices } from './desktop/device.ts';
import type { DesktopRequests } from './desktop/request.ts';
import type { Authenticators } from './factors/authenticator.ts';
import type { Passkeys } from './factors/passkey.ts';
import type { RecoveryCodes } from './factors/recovery-codes.ts';
import type { SignIns } from './provider/sign-ins.ts';
import type { Standings } from './provider/standing.ts';
import type { DirectoryTries, StructureMembers, Structures } from './structures/structures.ts';
import type { HelpDesk } from './support/help-desk.ts';

/** A flow row as stored: the union in interactions/flow.ts is checked when it is read. */
export interface FlowRow {
  readonly clientId: string;
  readonly stage: string;
  readonly data: unknown;
  readonly version: number;
}

/** Where a flow was when it was read. */
export interface FlowPlace {
  readonly uid: string;
  /** 0: nobody has moved yet, and there is no row. */
  readonly version: number;
  readonly clientId: string;
  /** Of the row that a first move makes. */
  readonly expiresAt: Date;
}

export interface Flows {
  /** @returns undefined for an interaction in which nobody has moved yet: who only looks at its page writes nothing. */
  byUid(uid: string): Promise<FlowRow | undefined>;
  /** Compare-and-set on the version. @returns false when somebody moved it first. */
  move(from: FlowPlace, to: { stage: string; data: unknown }): Promise<boolean>;
}

/** Everything Mire keeps in PostgreSQL. Inside `transaction` the same queries run on one connection, or not at all. */
export interface Storage {
  readonly accounts: Accounts;
  readonly facts: Facts;
  readonly signUpDrafts: SignUpDrafts;
  readonly invitations: Invitations;
  readonly challenges: Challenges;
  readonly cardHandovers: CardHandovers;
  readonly flows: Flows;
  readonly desktopDevices: DesktopDevices;
  readonly desktopRequests: DesktopRequests;
  readonly signIns: SignIns;
  readonly standings: Standings;
  readonly clients: Clients;
  readonly clientErrors: ClientErrors;
  readonly integrators: Integrators;
  readonly consents: Consents;
  readonly registrationPolicies: RegistrationPolicies;
  readonly notices: Notices;
  readonly smsMessages: SmsMessages;
  readonly preferences: Preferences;
  readonly care: Care;
  readonly undos: Undos;
  readonly recoveries: Recoveries;
  readonly passkeys: Passkeys;
  readonly authenticators: Authenticators;
  readonly recoveryCodes: RecoveryCodes;
  readonly helpDesk: HelpDesk;
  readonly lifecycles: Lifecycles;
  readonly audit: Audit;
  readonly structures: Structures;
  readonly structureMembers: StructureMembers;
  readonly directoryTries: DirectoryTries;
  transaction<T>(work: (storage: Storage) => Promise<T>): Promise<T>;
}
