import { codeOf } from '../../../src/challenges/hotp.ts';
import { periodOf } from '../../../src/factors/totp.ts';
import { sendAndStop } from '../accounts/parked-proofs.ts';
import { offeredOptions } from '../factors/passkey-options.ts';
import type { Browser, Visited } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';
import { csrfOf } from '../sign-in/steps.ts';
import { authorizeUrl, codeJustSent } from './ground.ts';
import type { Owner, Proof, Who } from './means.ts';
import { isCode, modeOf, numberOf, proofBy, type Way } from './ways.ts';
import { next, reads, type Seat, type World } from './world.ts';

export interface Road {
  readonly who: Who;
  readonly account: Owner;
  readonly seat: Seat;
  readonly way: Way;
  readonly client: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, string>>;

/** On the last form of a sign-in, filled and not sent. */
export interface Approach {
  readonly proof: Proof;
  readonly fields: Fields;
  readonly ends: string;
}

const uidOf = ({ url }: Visited): string => url.pathname.split('/')[2] ?? '';

export const totpOf = (mire: RunningMire, seed: string): string => codeOf(seed, periodOf(mire.clock.now()));

/** Whether this page has such a field. */
export const asks = (page: Visited | undefined, name: string): boolean =>
  Boolean(page?.page.querySelector(`[name="${name}"]`));

/** To the last form of Code Éphémère, with what is known of the second factor. */
async function approachCode(
  mire: RunningMire,
  world: World,
  road: Omit<Road, 'client' | 'parameters'>,
  uid: string,
): Promise<Approach | undefined> {
  const { seat, account, who, way } = road;
  const { browser } = seat;
  const { means, person } = world.dossiers[account];
  const base = `/interaction/${uid}/code-ephemere`;
  const asked = asks(browser.current, 'password');
  const beside = asked || seat.session?.proof.account !== account ? undefined : seat.session.proof;
  const proof = proofBy(world.dossiers[account], { who, way, at: next(world), beside });
  if (asked) await browser.submit({ login: person.login, password: means.password?.value ?? '' }, '/code-ephemere');
  if (asks(browser.current, 'password')) return undefined;
  if (way === 'totp' || way === 'paper') {
    const step = way === 'totp' ? '/app' : '/recovery';
    await browser.get(base + step);
    const fields =
      way === 'totp'
        ? { code: means.app ? totpOf(mire, means.app.seed) : '' }
        : { recovery_code: means.paper?.codes[0] ?? '' };
    return asks(browser.current, Object.keys(fields)[0] ?? '') ? { proof, fields, ends: step } : undefined;
  }
  const onlyOne = browser.current?.page.querySelector('form[action$="/code"]');
  if (!onlyOne) {
    // Where there is an application, it is asked for first.
    if (!asks(browser.current, 'channel')) await browser.get(`${base}/channel`);
    if (!asks(browser.current, 'channel')) return undefined;
    await browser.submit({ channel: way }, '/channel');
  }
  if (who !== 'mallory') world.dossiers[account].unspent += 1;
  // Where the mail counts for nothing, the page sends to the phone.
  const there = (to: string) => to.includes('@') === (way === 'mail');
  const code = await codeJustSent(mire, person.id, (to) => reads(world, who, to) && there(to));
  if (!code || !browser.current?.page.querySelector('form[action$="/code"]')) return undefined;
  return { proof, fields: { code }, ends: '/code' };
}

/** From an application to the last form, or to where the road ended without one. */
export async function approach(mire: RunningMire, world: World, road: Road): Promise<Approach | undefined> {
  const { seat, way, client, parameters } = road;
  await seat.browser.get(authorizeUrl(mire, client, { mode: modeOf(way), ...parameters }));
  return approachFromHere(mire, world, road);
}

/** The same, from a page of a sign-in that is open. */
export async function approachFromHere(
  mire: RunningMire,
  world: World,
  road: Omit<Road, 'client' | 'parameters'>,
): Promise<Approach | undefined> {
  const { who, account, seat, way } = road;
  const { browser } = seat;
  const { means, person } = world.dossiers[account];
  const mode = modeOf(way);
  const page = browser.current;
  if (!page?.url.pathname.startsWith('/interaction/')) return undefined;
  const uid = uidOf(page);
  const base = `/interaction/${uid}/${mode}`;
  if (!page.url.pathname.startsWith(base)) await browser.get(base);
  if (browser.current?.status !== 200) return undefined;
  if (isCode(way)) return approachCode(mire, world, road, uid);
  const beside = way === 'passkey' && seat.session?.proof.account === account ? seat.session.proof : undefined;
  const proof = proofBy(world.dossiers[account], { who, way, at: next(world), beside });
  if (way === 'login-mdp')
    return { proof, fields: { login: person.login, password: means.password?.value ?? '' }, ends: '/login-mdp' };
  if (way === 'passkey') {
    const key = means.keys.find(({ by }) => by === who);
    const options = key && (await offeredOptions(browser, `${base}/options`));
    return options && { proof, fields: { credential: key.soft.get(options) }, ends: '/cle-acces' };
  }
  return { proof, fields: vouchedFields(world, who), ends: `/${mode}` };
}

/** What the card and Pro Santé Connect say of somebody. */
export const vouchedFields = (world: World, who: Who): Fields => ({
  number: numberOf(world, who),
  family: who === 'mallory' ? 'Intrus' : world.dossiers[who].person.familyName,
  profession: who === 'mallory' ? '21' : world.dossiers[who].person.profession,
});

/** Sends it where there is such a form, and else straight to where the form would go. */
export async function send({ browser }: Seat, { fields, ends }: Approach): Promise<Visited> {
  const { current } = browser;
  if (!current) throw new Error('the browser is nowhere');
  const has = current.page.querySelectorAll('form').some((form) => form.getAttribute('action')?.endsWith(ends));
  if (has) return settle(browser, await browser.submit(fields, ends));
  const uid = uidOf(current);
  return settle(browser, await browser.post(`/interaction/${uid}${ends}`, { _csrf: csrfOf(current), ...fields }));
}

/** The same, without following what it answers. @returns where that leads, when it leads anywhere */
export const sendAndWait = async ({ browser }: Seat, { fields }: Approach): Promise<string | undefined> =>
  (await sendAndStop(browser, fields)) || undefined;

/** Answers what is asked between a proof and the end of the sign-in. */
export async function settle(browser: Browser, page: Visited): Promise<Visited> {
  let now = page;
  for (const ends of ['/switch', '/terms'])
    if (now.page.querySelector(`form[action$="${ends}"]`)) now = await browser.submit({}, ends);
  return now;
}

export const cameBack = ({ url, status }: Visited): boolean => status === 0 && url.searchParams.has('code');
