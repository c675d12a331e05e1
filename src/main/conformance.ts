import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFORMANCE_DEFAULTS } from '../../config/conformance-settings.ts';
import { sandboxResources } from '../../config/sandbox-applications.ts';
import type { Settings } from '../../config/settings.ts';
import { REGISTRY } from '../../interactions/registry.ts';
import { ConfigError } from '../http/errors.ts';
import type { Log } from '../log.ts';
import { randomToken } from '../protection/secrets.ts';
import { demoClients } from '../sandbox/clients.ts';
import { createCibaApproval } from '../sandbox/conformance-ciba.ts';
import { conformanceClients } from '../sandbox/conformance-clients.ts';
import { cibaFile, conformanceFiles } from '../sandbox/conformance-plans.ts';
import { PERSONAS } from '../sandbox/personas.ts';
import { escapedCertificate, ownCertificate, saidOf, startTlsFront } from '../sandbox/tls-front.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

const suiteOf = ({ CONFORMANCE_SUITE = CONFORMANCE_DEFAULTS.suite }: Settings): string =>
  new URL(CONFORMANCE_SUITE).origin;

/** One person, one password, no second factor: what the suite's browser can type. */
const person = () => {
  const [first] = PERSONAS;
  if (!first) throw new Error('the sandbox has no people');
  return { login: first.login, password: first.password };
};

/** The sandbox as the suite needs it: on a host name, over TLS, with one way to sign in. Everything else stays. */
export function withConformance(given: Settings): Settings {
  if (given.MIRE_ENV === 'production')
    throw new ConfigError('MIRE_ENV: the conformance profile does not run in production');
  const issuer = given.CONFORMANCE_ORIGIN ?? CONFORMANCE_DEFAULTS.origin;
  const { protocol, hostname, port } = new URL(issuer);
  if (protocol !== 'https:') throw new ConfigError('CONFORMANCE_ORIGIN: the suite wants https:');
  return Object.freeze({
    ...given,
    ISSUER: issuer,
    MTLS_ORIGIN: `https://${hostname}:${Number(port || 443) + 1}`,
    MTLS_PROXY_SECRET: randomToken(),
    RESOURCES: sandboxResources(issuer),
    // The fronts of this process.
    TRUSTED_PROXIES: [...given.TRUSTED_PROXIES, '127.0.0.1', '::1'],
    // The page has the first alone: see conformanceAdditions. The second is how a request without a browser is answered.
    MODES: ['login-mdp' as const, 'monsisra' as const],
    RATE_LIMIT_FACTOR: 1000,
    // The suite's keys and logout addresses are fetched; nobody else's private address is.
    INTERNAL_HOSTS: [...given.INTERNAL_HOSTS, new URL(suiteOf(given)).hostname],
    DATA_DIR: join(given.DATA_DIR, 'conformance'),
    CARD_TLS_PORT: 0,
  });
}

/** What it adds to the service. */
export const conformanceAdditions = (settings: Settings) => ({
  conformance: true,
  modes: REGISTRY.filter(({ id }) => id === 'login-mdp'),
  clients: [...demoClients(settings.ISSUER), ...conformanceClients(suiteOf(settings))],
});

/** Writes the suite's configuration. @returns the names of the files. */
export async function writeConformanceFiles(issuer: string, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files = conformanceFiles({ issuer, person: person() });
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  const [one, two] = [await ownCertificate('ciba-1'), await ownCertificate('ciba-2')];
  const ciba = cibaFile({ issuer, person: person() }, [one, two]);
  await writeFile(join(folder, 'fapi-ciba.json'), `${JSON.stringify(ciba, null, 2)}\n`, { mode: 0o600 });
  return [...Object.keys(files), 'fapi-ciba.json'];
}

/** `npm run conformance`. */
export async function startConformance(given: Settings, log: Log): Promise<Sandbox> {
  const settings = withConformance(given);
  const { ISSUER: issuer, MTLS_ORIGIN = '', MTLS_HEADER, MTLS_VERIFY_HEADER, MTLS_PROXY_SECRET = '', PORT } = settings;
  await mkdir(settings.DATA_DIR, { recursive: true, mode: 0o700 });
  const sandbox = await startSandbox(settings, log, {
    added: conformanceAdditions(settings),
    more: ({ holder, storage }) => [createCibaApproval(holder.current, storage)],
  });
  const { hostname } = new URL(issuer);
  const front = (origin: string, more: Partial<Parameters<typeof startTlsFront>[0]> = {}) =>
    startTlsFront({
      // A suite in a container calls from another address.
      listen: { host: hostname === 'localhost' ? '127.0.0.1' : '0.0.0.0', port: Number(new URL(origin).port || 443) },
      name: hostname,
      to: PORT,
      headers: ({ socket }) => forwarded(origin, socket.remoteAddress),
      ...more,
    });
  const fronts = [
    await front(issuer),
    await front(MTLS_ORIGIN, {
      ask: {},
      headers: (_incoming, socket) => ({
        ...forwarded(MTLS_ORIGIN, socket.remoteAddress),
        [MTLS_HEADER.toLowerCase()]: escapedCertificate(socket),
        [MTLS_VERIFY_HEADER.toLowerCase()]: saidOf(socket),
        'x-mire-proxy-secret': MTLS_PROXY_SECRET,
      }),
    }),
  ];
  return {
    ...sandbox,
    async close() {
      await Promise.all(fronts.map((one) => one.close()));
      await sandbox.close();
    },
  };
}

const forwarded = (origin: string, address = '127.0.0.1') => ({
  'x-forwarded-proto': 'https',
  'x-forwarded-host': new URL(origin).host,
  'x-forwarded-for': address,
});
