import { nationalId } from '../cards/cards.ts';
import { Application } from '../clients/application.ts';
import { TappedBrowser, type Wire } from '../http/wire.ts';
import type { RunningMire } from '../mire.ts';
import { goToPsc, identify, pscOf } from './psc.ts';

/** A person comes by Pro Santé Connect: what crosses between the two, and what it says of them, is written down. */
export async function pscJourney(mire: RunningMire, wire: Wire, pause: (wire: Wire) => Promise<void>): Promise<void> {
  const psc = pscOf(mire);
  wire.note('client_secret', psc.clientSecret);
  const messagerie = await Application.discover(mire.issuer, 'messagerie');
  const started = await messagerie.start({ scope: 'openid identite_ps scope_all' });
  const browser = new TappedBrowser(mire.issuer, wire);
  browser.also.add(psc.wallet).add(new URL(psc.issuer).origin);
  await goToPsc(browser, started.url);
  await pause(wire);
  const back = await identify(browser, nationalId('mdurand'));
  const tokens = await started.finish(back.url);
  const account = await mire.sandbox.parts.storage.accounts.byIdentity('national-id', nationalId('mdurand'));
  const [session] = await mire.sandbox.parts.storage.signIns.sessionsOf(account?.id ?? '');
  const { idToken, subject, sid } = session?.signIn.upstream ?? {};
  for (const [name, value] of Object.entries({ idToken, subject, sid })) {
    if (!value) throw new Error(`the sign-in did not keep ${name}`);
    wire.note(`upstream ${name}`, value);
  }
  wire.note('id_token', tokens.id_token);
  await pause(wire);
}
