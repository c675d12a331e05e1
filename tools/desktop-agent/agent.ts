/**
 * A desktop application in small, for a terminal: signs in as an OIDC native client, then approves or refuses what its
 * person does in a browser. It speaks docs/desktop-protocol.md and nothing else. Against the sandbox:
 *   npm start, then in another terminal: npm run desktop-agent
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DesktopClient, DesktopRefusal } from '../../src/sandbox/desktop-client.ts';
import { Desk } from './desk.ts';
import { deviceKey } from './key-file.ts';
import { listenForRequests, waitForAnswer } from './loopback.ts';
import { sayIn } from './texts.ts';

const { values: options } = parseArgs({
  options: {
    issuer: { type: 'string', default: 'http://localhost:3000' },
    client: { type: 'string', default: 'monsisra' },
    /** Where the key of this device is kept. */
    home: { type: 'string', default: join('.mire', 'desktop-agent') },
    name: { type: 'string', default: hostname().slice(0, 60) },
    /** Where the sign-in page calls; else what the service says. */
    port: { type: 'string' },
    'device-flow': { type: 'boolean', default: false },
    lang: { type: 'string', default: 'fr' },
    /** What the system runs for a link `monsisra://…`: hands it to the agent that runs already. */
    link: { type: 'string' },
  },
});

/** Milliseconds between two looks at the requests of applications without a browser. */
const LOOK_EVERY = 3000;

const lang = options.lang === 'en' ? 'en' : 'fr';
const say = sayIn(lang);
const print = (text: string) => process.stdout.write(`${text}\n`);
const issuer = new URL(options.issuer).origin;

const key = await deviceKey(options.home);
const client = await DesktopClient.discover({ issuer, clientId: options.client, key, lang });
const port = Number(options.port ?? client.loopbackPort ?? 0);
const requestIn = (link: string) => (URL.canParse(link) ? new URL(link).searchParams.get('request') : null);

if (options.link !== undefined) {
  const body = JSON.stringify({ issuer, request: requestIn(options.link) ?? '' });
  const sent = await fetch(`http://127.0.0.1:${port}/request`, { method: 'POST', body }).catch(() => undefined);
  if (!sent?.ok) print(say('not-found', { port }));
  process.exit(sent?.ok ? 0 : 1);
}

async function signIn(parameters: Readonly<Record<string, string>> = {}): Promise<void> {
  if (options['device-flow']) {
    const { userCode, address, finish } = await client.beginOnAnotherDevice();
    print(say('sign-in-device', { url: address, code: userCode }));
    await finish();
  } else {
    const { redirectUri, answer, close } = await waitForAnswer(say('close-page'));
    try {
      const { url, finish } = await client.beginInBrowser(redirectUri, parameters);
      print(say('sign-in', { url: url.href }));
      await finish(await answer);
    } finally {
      close();
    }
  }
  const { account, acr, device, expires_at } = await client.openSession(options.name);
  const until = new Date(expires_at).toLocaleTimeString(lang);
  print(say('signed-in', { name: account.name, acr, device: device.name, until }));
}

const desk = new Desk({ client, say, lang, print });

/** What was refused is said, and the person goes on; anything else is a defect. */
async function saying(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof DesktopRefusal)
      print(say('failed', { message: reason, code: error.code, support: error.supportCode }));
    else print(say('sign-in-failed', { reason }));
  }
}

try {
  await signIn();
} catch (error) {
  print(say('sign-in-failed', { reason: error instanceof Error ? error.message : String(error) }));
  process.exit(1);
}

const loopback = port
  ? await listenForRequests(issuer, port, (request) => void saying(desk.open({ request }))).catch(() => undefined)
  : undefined;
if (port && !loopback) print(say('no-loopback', { port }));
print(say('ready'));
const looking = setInterval(() => {
  // The next look may find the service again.
  if (client.signedIn) desk.look().catch(() => undefined);
}, LOOK_EVERY);

const stop = () => {
  clearInterval(looking);
  loopback?.close();
  lines.close();
};

async function obey(line: string): Promise<void> {
  if (line === '') return;
  if (/^(?:quitter|quit|q)$/i.test(line)) return stop();
  if (/^(?:deconnexion|déconnexion|sign-out)$/i.test(line)) {
    await client.signOut();
    print(say('signed-out'));
    return stop();
  }
  if (/^(?:renforcer|step-up)$/i.test(line)) return signIn({ acr_values: 'eidas2' });
  if (await desk.answer(line)) return;
  const request = requestIn(line);
  if (request) return desk.open({ request });
  if (/^[0-9a-z]{3}[ -]?[0-9a-z]{3}$/i.test(line)) return desk.open({ code: line });
  print(say(/^(?:\d{2}|[ronyROnY])$/.test(line) ? 'nothing-asked' : 'unknown'));
}

const lines = createInterface({ input: process.stdin });
for await (const line of lines) await saying(obey(line.trim()));
stop();
