import type { Vault } from '../../src/protection/secrets.ts';
import type { Storage } from '../../src/storage.ts';
import { reach } from '../unavailable.ts';
import { createAccounts } from './accounts.ts';
import { createAudit } from './audit.ts';
import { createAuthenticators } from './authenticators.ts';
import { createCardHandovers } from './card-handovers.ts';
import { createCare } from './care.ts';
import { createChallenges } from './challenges.ts';
import { createClientErrors } from './client-errors.ts';
import { createClients } from './clients.ts';
import { createConsents } from './consents.ts';
import { createDesktopDevices } from './desktop-devices.ts';
import { createDesktopRequests } from './desktop-requests.ts';
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
import { createStandings } from './standings.ts';
import { createStructureMembers, createStructureTries } from './structure-members.ts';
import { createStructures } from './structures.ts';
import { createUndos } from './undos.ts';

/** Inside `transaction` only the storage handed in may be used: under PGlite another connection would wait for ever. */
export function createStorage(database: Queryable, vault: Vault): Storage {
  return {
    accounts: createAccounts(database, vault),
    facts: createFacts(database, vault),
    signUpDrafts: createSignUpDrafts(database, vault),
    invitations: createInvitations(database, vault),
    challenges: createChallenges(database, vault),
    cardHandovers: createCardHandovers(database, vault),
    flows: createFlows(database, vault),
    desktopDevices: createDesktopDevices(database, vault),
    desktopRequests: createDesktopRequests(database, vault),
    signIns: createSignIns(database, vault),
    standings: createStandings(database, vault),
    clients: createClients(database, vault),
    clientErrors: createClientErrors(database, vault),
    integrators: createIntegrators(database, vault),
    consents: createConsents(database),
    registrationPolicies: createRegistrationPolicies(database),
    notices: createNotices(database, vault),
    preferences: createPreferences(database),
    care: createCare(database),
    undos: createUndos(database, vault),
    recoveries: createRecoveries(database, vault),
    passkeys: createPasskeys(database),
    authenticators: createAuthenticators(database, vault),
    recoveryCodes: createRecoveryCodes(database, vault),
    helpDesk: createHelpDesk(database, vault),
    lifecycles: createLifecycles(database),
    audit: createAudit(database, vault),
    structures: createStructures(database, vault),
    structureMembers: createStructureMembers(database, vault),
    structureTries: createStructureTries(database, vault),
    transaction: (work) => reach(atomically(database, (transaction) => work(createStorage(transaction, vault)))),
  };
}
