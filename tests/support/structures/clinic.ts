import { type StaffMember, TWO_FACTORS } from '../../../src/sandbox/hospital/people.ts';
import { type SimulatedClinic, startClinic } from '../../../src/sandbox/hospital/provider.ts';
import { Browser, type Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';

const story = { fr: '', en: '' };
export const SURGEON: StaffMember = {
  entryId: 'a-1',
  login: 'j.roche',
  password: 'Bloc-de-garde-2026',
  given: 'Jeanne',
  family: 'Roche',
  email: 'jeanne.roche@clinique.example',
  groups: ['urgences', 'autre'],
  nationalId: '99700000013',
  story,
};
export const NURSE_THERE: StaffMember = {
  entryId: 'a-2',
  login: 'l.moulin',
  password: 'Nuit-calme-2026-ici',
  given: 'Luc',
  family: 'Moulin',
  email: 'luc.moulin@clinique.example',
  groups: [],
  story,
};

/** A real oidc-provider as a hospital's own, and the hospital that has it. */
export async function clinicOf(
  mire: RunningMire,
  id: string,
  changes: Record<string, unknown> = {},
  connector: object = {},
): Promise<{ clinic: SimulatedClinic; definition: object }> {
  const clinic = await startClinic({
    redirectUri: `${mire.issuer}/callback/structure/${id}`,
    postLogoutUri: `${mire.issuer}/callback/structure/${id}/logout`,
    staff: [SURGEON, NURSE_THERE],
  });
  const definition = {
    id,
    finess: '690000003',
    name: 'Clinique du Parc',
    assurance: 'eidas2',
    ...changes,
    connector: {
      kind: 'oidc',
      issuer: clinic.issuer,
      client_id: 'mire',
      client_secret: clinic.clientSecret,
      second_factor: { acr: [TWO_FACTORS.acr] },
      claims: { national_id: 'rpps' },
      roles: { claim: 'groups', map: { urgences: 'urgences' } },
      timeout: 3,
      ...connector,
    },
  };
  return { clinic, definition };
}

/** A browser that goes to the hospital's provider and back. */
export function clinicBrowser(mire: RunningMire, clinic: SimulatedClinic): Browser {
  const browser = new Browser(mire.issuer);
  browser.also.add(clinic.issuer);
  return browser;
}

/** From any page of an interaction to what comes after the provider's form. */
export async function signInAtClinic(
  browser: Browser,
  id: string,
  { login, password }: StaffMember,
  means: 'password' | 'two' = 'password',
): Promise<Visited> {
  const uid = browser.current?.url.pathname.split('/')[2];
  await browser.get(`/interaction/${uid}/compte-local/s/${id}`);
  await browser.submit({}, `/s/${id}`);
  return browser.submit({ login, password, means });
}
