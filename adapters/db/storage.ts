import type { Vault } from '../../src/protection/secrets.ts';
import type { Storage } from '../../src/storage.ts';
import type { CompanionShelf } from '../oidc/companions.ts';
import { reach } from '../unavailable.ts';
import { createAccounts } from './accounts.ts';
import { type Admits, createAudit } from './audit.ts';
import { createAuthenticators } from './authenticators.ts';
import { createCardHandovers } from './card-handovers.ts';
import { createCare } from './care.ts';
import { createChallenges } from './challenges.ts';
import { createClientErrors } from './client-errors.ts';
import { createClients } from './clients.ts';
import { createConsents } from './consents.ts';
import { createDesktopDevices } from './desktop-devices.ts';
import { createDesktopRequests } from './desktop-requests.ts';
import { createDirectoryTries } from './directory-tries.ts';
import { createFacts } from './facts.ts';
import { createFlows } from './flows.ts';
import { createHelpDesk } from './help-desk.ts';
import { createIntegrators } from './integrators.ts';
import { createInvitations } from './invitations.ts';
import { createLifecycles } from './lifecycles.ts';
import { createNotices } from './notices.ts';
import { createPasskeys } from './passkeys.ts';
import { createPreferences } from './preferences.ts';
import { atomically, type Queryable } from './query.ts';
import { createRecoveries } from './recoveries.ts';
import { createRecoveryCodes } from './recovery-codes.ts';
import { createRegistrationPolicies } from './registration-policies.ts';
import { createSignIns } from './sign-ins.ts';
import { createSignUpDrafts } from './sign-up-drafts.ts';
import { createSmsMessages } from './sms-messages.ts';
import { createStandings } from './standings.ts';
import { createStructureMembers } from './structure-members.ts';
import { createStructures } from './structures.ts';
import { createUndos } from './undos.ts';

const REPOSITORIES = {
  accounts: createAccounts,
  facts: createFacts,
  signUpDrafts: createSignUpDrafts,
  invitations: createInvitations,
  challenges: createChallenges,
  cardHandovers: createCardHandovers,
  flows: createFlows,
  desktopDevices: createDesktopDevices,
  desktopRequests: createDesktopRequests,
  signIns: createSignIns,
  standings: createStandings,
  clients: createClients,
  clientErrors: createClientErrors,
  integrators: createIntegrators,
  consents: createConsents,
  registrationPolicies: createRegistrationPolicies,
  notices: createNotices,
  smsMessages: createSmsMessages,
  preferences: createPreferences,
  care: createCare,
  undos: createUndos,
  recoveries: createRecoveries,
  passkeys: createPasskeys,
  authenticators: createAuthenticators,
  recoveryCodes: createRecoveryCodes,
  helpDesk: createHelpDesk,
  lifecycles: createLifecycles,
  audit: (database, vault, _shelf, admits) => createAudit(database, vault, admits),
  structures: createStructures,
  structureMembers: createStructureMembers,
  directoryTries: createDirectoryTries,
} satisfies {
  [Name in Exclude<keyof Storage, 'transaction'>]: (
    database: Queryable,
    vault: Vault,
    shelf: CompanionShelf | undefined,
    admits: Admits | undefined,
  ) => Storage[Name];
};

/** Each repository is made when it is first asked for: a transaction needs three of the thirty. */
class Repositories {
  readonly #database: Queryable;
  readonly #vault: Vault;
  readonly #shelf: CompanionShelf | undefined;
  readonly #admits: Admits | undefined;

  constructor(database: Queryable, vault: Vault, shelf: CompanionShelf | undefined, admits: Admits | undefined) {
    this.#database = database;
    this.#vault = vault;
    this.#shelf = shelf;
    this.#admits = admits;
  }

  make(name: keyof typeof REPOSITORIES): unknown {
    const value = REPOSITORIES[name](this.#database, this.#vault, this.#shelf, this.#admits);
    Object.defineProperty(this, name, { value, enumerable: true });
    return value;
  }

  transaction<T>(work: (storage: Storage) => Promise<T>): Promise<T> {
    return reach(
      atomically(this.#database, (transaction) =>
        work(createStorage(transaction, this.#vault, this.#shelf, this.#admits)),
      ),
    );
  }
}

for (const name of Object.keys(REPOSITORIES) as (keyof typeof REPOSITORIES)[]) {
  Object.defineProperty(Repositories.prototype, name, {
    get(this: Repositories) {
      return this.make(name);
    },
  });
}

/** Inside `transaction` only the storage handed in may be used: under PGlite another connection would wait for ever. */
export const createStorage = (database: Queryable, vault: Vault, shelf?: CompanionShelf, admits?: Admits): Storage =>
  new Repositories(database, vault, shelf, admits) as unknown as Storage;
