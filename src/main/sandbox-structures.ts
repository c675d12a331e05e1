import { loginKey } from '../accounts/login-key.ts';
import type { Log } from '../log.ts';
import { randomToken } from '../protection/secrets.ts';
import { BASE, groupDn, READER, type SimulatedDirectory, startDirectory } from '../sandbox/hospital/directory.ts';
import { CLINIC_STAFF, HOSPITAL_STAFF, type StaffMember, TWO_FACTORS } from '../sandbox/hospital/people.ts';
import { CLINIC_CLIENT_ID, type SimulatedClinic, startClinic } from '../sandbox/hospital/provider.ts';
import { saveStructure } from '../structures/saving.ts';
import { sourceOf, structureDefinition } from '../structures/structure.ts';
import type { Parts } from './parts.ts';

/** Nothing is locked there, and trials mistype. */
const lockout = { attempts: 50, minutes: 5 };

const hospital = ({ address, ca }: SimulatedDirectory, bindPassword: string) => ({
  id: 'hopital-fictif',
  finess: '690000019',
  name: 'Hôpital fictif des Trois Vallées',
  town: 'Lyon',
  connector: {
    kind: 'ldap',
    servers: [address],
    ca,
    bind_dn: READER,
    bind_password: bindPassword,
    base_dn: BASE,
    login_filter: '(uid={login})',
    roles: { [groupDn('dim')]: 'dim' },
    lockout,
  },
});

const clinic = ({ issuer, clientSecret }: SimulatedClinic) => ({
  id: 'clinique-fictive',
  finess: '690000027',
  name: 'Clinique fictive du Parc',
  town: 'Villeurbanne',
  assurance: 'eidas2',
  connector: {
    kind: 'oidc',
    issuer,
    client_id: CLINIC_CLIENT_ID,
    client_secret: clientSecret,
    second_factor: { acr: [TWO_FACTORS.acr] },
    roles: { claim: 'groups', map: { urgences: 'urgences' } },
  },
});

/** The entries of those personas that have one lead to them, as if they had signed in before. */
async function link({ storage }: Parts, id: string, staff: readonly StaffMember[]): Promise<void> {
  for (const { persona, entryId } of staff) {
    const account = persona && (await storage.accounts.byLoginKey(loginKey(persona)))?.account;
    if (account && !(await storage.accounts.byIdentity(sourceOf({ id }), entryId)))
      await storage.accounts.linkIdentity(account.id, sourceOf({ id }), entryId, 'import');
  }
}

/** Two structures for trials: one with an LDAP directory, one with an OpenID Connect provider. */
export async function startSandboxStructures(parts: Parts, log: Log): Promise<{ close(): Promise<void> }> {
  const { settings, storage } = parts;
  const bindPassword = randomToken();
  const directory = await startDirectory(bindPassword);
  const provider = await startClinic({
    redirectUri: `${settings.ISSUER}/callback/structure/clinique-fictive`,
    postLogoutUri: `${settings.ISSUER}/callback/structure/clinique-fictive/logout`,
  });
  // Their addresses are new at each start.
  for (const definition of [hospital(directory, bindPassword), clinic(provider)])
    await saveStructure(storage, structureDefinition.parse(definition));
  await link(parts, 'hopital-fictif', HOSPITAL_STAFF);
  await link(parts, 'clinique-fictive', CLINIC_STAFF);
  log.debug({ directory: directory.address, provider: provider.issuer }, 'simulated structures');
  return {
    async close() {
      await Promise.all([directory.close(), provider.close()]);
    },
  };
}

/** For the page of the sandbox. */
export const SANDBOX_STRUCTURES = [
  { name: 'Hôpital fictif des Trois Vallées', kind: 'LDAP', staff: HOSPITAL_STAFF },
  { name: 'Clinique fictive du Parc', kind: 'OpenID Connect', staff: CLINIC_STAFF },
] as const;
