import { Agent, request } from 'node:https';
import { PERSONAS } from '../../../src/sandbox/personas.ts';
import type { Browser, Visited } from '../http/browser.ts';
import { type RawAnswer, raw } from '../http/raw-request.ts';
import type { RunningMire } from '../mire.ts';

export const cardHost = ({ settings }: RunningMire): string => new URL(settings.CPS_ORIGIN ?? '').host;

export function testCard(mire: RunningMire, id: string): { certificatePem: string; privateKeyPem: string } {
  const card = mire.sandbox.cards.pki.cards.find((one) => one.id === id);
  if (!card) throw new Error(`no test card ${id}`);
  return card;
}

export function nationalId(persona: string): string {
  const id = PERSONAS.find((one) => one.id === persona)?.nationalId;
  if (!id) throw new Error(`${persona} has no national identifier`);
  return id;
}

/** What nginx sets on the card's host. */
export const asNginx = (mire: RunningMire, pem: string): Record<string, string> => ({
  host: cardHost(mire),
  'x-mire-card': encodeURIComponent(pem),
  'x-mire-proxy-secret': mire.settings.CARD_PROXY_SECRET ?? '',
});

/** From an authorization request to the door of the card's host. @returns its address, with the token of this hand-over. */
export async function goToCardHost(browser: Browser, url: URL): Promise<URL> {
  await browser.get(url);
  const uid = browser.current?.url.pathname.split('/')[2];
  await browser.get(`/interaction/${uid}/cps`);
  return (await browser.submit({}, '/cps')).url;
}

/** One request to the card's page, as a proxy hands it over. */
export const atCardHost = (
  mire: RunningMire,
  { pathname, search }: URL,
  headers: Record<string, string>,
): Promise<RawAnswer> => raw(mire.issuer, { path: pathname + search, headers: { host: cardHost(mire), ...headers } });

/** Reads a card. @returns where the browser is sent with the ticket. */
export async function readCard(mire: RunningMire, address: URL, headers: Record<string, string>): Promise<string> {
  const answer = await atCardHost(mire, address, headers);
  const { location } = answer.headers;
  if (answer.status !== 303 || typeof location !== 'string')
    throw new Error(`${answer.status}: ${answer.body.slice(0, 2000)}`);
  return location;
}

/** The whole way: from an authorization request to what the browser shows after the card was read. */
export async function presentCard(mire: RunningMire, browser: Browser, url: URL, id: string): Promise<Visited> {
  const address = await goToCardHost(browser, url);
  return browser.get(await readCard(mire, address, asNginx(mire, testCard(mire, id).certificatePem)));
}

/** What a browser with this card in its reader, or none, does at a host that asks for it. */
export function insertCard(
  mire: RunningMire,
  address: URL,
  id: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; location: string; body: string }> {
  const card = id === undefined ? undefined : testCard(mire, id);
  const agent = new Agent({
    rejectUnauthorized: false,
    ...(card ? { cert: card.certificatePem, key: card.privateKeyPem } : {}),
  });
  return new Promise((resolve, reject) => {
    const sent = request(address, { agent, headers }, async (answer) => {
      let body = '';
      for await (const chunk of answer) body += String(chunk);
      agent.destroy();
      resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? '', body });
    });
    sent.on('error', reject);
    sent.end();
  });
}
