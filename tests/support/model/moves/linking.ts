import { MODES } from '../../../../config/modes.ts';
import { csrfOf } from '../../sign-in/steps.ts';
import { landed } from '../entering.ts';
import { authorizeUrl, browserAt, codeJustSent } from '../ground.ts';
import type { Proof, Who } from '../means.ts';
import { isOpen } from '../open-defects.ts';
import { changed, seatOf } from '../own-pages.ts';
import { cameBack, vouchedFields } from '../road.ts';
import type { Move } from '../scene.ts';
import { has, numberOf } from '../ways.ts';
import { next, reads, type Seat, type World } from '../world.ts';
import { accountOf } from './entering.ts';

/** The register knows them, and the account does not know that. */
const mayLink = (world: World, who: Who): boolean => {
  const account = accountOf(who);
  const { means } = world.dossiers[account];
  if (who === 'mallory' && isOpen('linking')) return false;
  const known = means.identities.some(({ number }) => number === numberOf(world, who));
  return !known && (has(world, who, account, 'mail') || has(world, who, account, 'sms'));
};

const links: Move = {
  name: 'links an identity',
  weight: 5,
  may: (world, { who }) => mayLink(world, who),
  async act(scene, { who }) {
    const { mire, world, tell } = scene;
    const account = accountOf(who);
    const { means, person } = world.dossiers[account];
    tell(`${who} comes by Pro Santé Connect and joins ${account}’s account ("J’ai déjà un compte")`);
    const browser = browserAt(mire, seatOf(world, who).browser.headers['x-forwarded-for'] ?? '');
    const seat: Seat = { name: `${who}’s for linking`, browser, known: new Set() };
    const page = await browser.get(authorizeUrl(mire, 'messagerie', { mode: 'psc' }));
    const uid = page.url.pathname.split('/')[2];
    const shown = await browser.post(`${mire.issuer}/interaction/${uid}/psc`, {
      _csrf: csrfOf(page),
      ...vouchedFields(world, who),
    });
    if (!shown.url.pathname.endsWith('/signup')) return;
    await browser.get(`${mire.issuer}/interaction/${uid}/signup/existing`);
    const at = next(world);
    const password = means.password?.value ?? '';
    if (!browser.current?.page.querySelector('form[action$="/existing"]')) return;
    await browser.submit({ login: person.login, password }, '/existing');
    const code = await codeJustSent(mire, person.id, (to) => reads(world, who, to));
    if (!code || !browser.current.page.querySelector('form[action$="/existing/code"]')) return;
    const end = await browser.submit({ code }, '/existing/code');
    if (!cameBack(end)) return;
    await changed(scene, account, (was, step) => ({
      ...was,
      identities: [...was.identities, { number: numberOf(world, who), by: who, at: step }],
    }));
    const amr = new Set(MODES.find(({ id }) => id === 'psc')?.amr);
    const proof: Proof = { who, account, mode: 'psc', roots: new Set(['psc']), amr, at };
    await landed(scene, { seat, client: 'messagerie' }, proof, end);
  },
};

export const LINKING: readonly Move[] = [links];
