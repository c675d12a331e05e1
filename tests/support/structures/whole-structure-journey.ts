import { CLINIC_STAFF, HOSPITAL_STAFF } from '../../../src/sandbox/hospital/people.ts';
import { Application } from '../clients/application.ts';
import { TappedBrowser, type Wire } from '../http/wire.ts';
import type { RunningMire } from '../mire.ts';
import { signInAtClinic } from './clinic.ts';
import { signInAt } from './structures.ts';

/** People of both simulated hospitals sign in: their passwords, their entries and what each hospital is asked with. */
export async function structureJourney(
  mire: RunningMire,
  wire: Wire,
  pause: (wire: Wire) => Promise<void>,
): Promise<void> {
  const { storage } = mire.sandbox.parts;
  const [marie] = HOSPITAL_STAFF;
  const [karim] = CLINIC_STAFF;
  const clinic = await storage.structures.byId('clinique-fictive');
  if (!marie || !karim || clinic?.connector.kind !== 'oidc') throw new Error('the simulated hospitals are not there');
  for (const id of ['hopital-fictif', 'clinique-fictive'])
    wire.note('structure secret', await storage.structures.secret(id));
  for (const { entryId, login, password } of [marie, karim]) {
    wire.note('password', password);
    wire.note('entry', entryId);
    wire.note('structure login', login);
  }
  const ror = await Application.discover(mire.issuer, 'ror');
  const first = await ror.start({ scope: 'openid structure' });
  const browser = new TappedBrowser(mire.issuer, wire);
  await browser.get(first.url);
  await signInAt(browser, 'hopital-fictif', { uid: marie.login, password: 'Mauvais-mot-de-passe' });
  await pause(wire);
  const back = await browser.submit({ login: marie.login, password: marie.password });
  await first.finish(back.url);

  const second = await ror.start({ scope: 'openid structure' });
  const other = new TappedBrowser(mire.issuer, wire);
  other.also.add(new URL(clinic.connector.issuer).origin);
  await other.get(second.url);
  const end = await signInAtClinic(other, 'clinique-fictive', karim);
  await second.finish(end.url);
  await pause(wire);
}
