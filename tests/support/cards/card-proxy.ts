import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownCertificate } from '../../../src/sandbox/tls-front.ts';
import type { Send } from '../http/browser.ts';
import { binary } from '../jest/binaries.ts';
import { freePort, type MireOptions, type RunningMire, startMire } from '../mire.ts';
import { nginxWith, shippedNginx } from '../servers/own-nginx.ts';
import { listening, OwnServer, ownDirectory, spawnQuietly } from '../servers/own-server.ts';

/** Mire behind a real reverse proxy that asks for the card. */
export interface BehindProxy {
  readonly mire: RunningMire;
  readonly cardOrigin: string;
  /** Straight to the application, as its proxy speaks to it: for what is not a browser. */
  readonly send: Send;
  close(): Promise<void>;
}

interface ProxyFiles {
  readonly folder: string;
  readonly mire: RunningMire;
  readonly ports: Ports;
}

interface Ports {
  readonly issuer: number;
  readonly card: number;
  readonly mtls: number;
}

async function behind(
  envOf: (ports: Ports) => NonNullable<MireOptions['env']>,
  issuerOf: (port: number) => string | undefined,
  run: (files: ProxyFiles) => Promise<readonly [command: string, args: readonly string[]]>,
  added: MireOptions['added'] = {},
): Promise<BehindProxy> {
  const { path: folder, remove } = await ownDirectory();
  const ports = { issuer: await freePort(), card: await freePort(), mtls: await freePort() };
  const cardOrigin = `https://127.0.0.1:${ports.card}`;
  const issuer = issuerOf(ports.issuer);
  const mire = await startMire({
    cards: true,
    added,
    env: {
      ...(issuer ? { ISSUER: issuer } : {}),
      CPS_ORIGIN: cardOrigin,
      TRUSTED_PROXIES: '127.0.0.1',
      CARD_PROXY_SECRET: randomBytes(32).toString('hex'),
      CARD_VERIFY_HEADER: 'X-Mire-Card-Verify',
      ...envOf(ports),
    },
  });
  const { anchors, intermediates } = mire.sandbox.cards.pki;
  const { key, cert } = await ownCertificate();
  await Promise.all([
    writeFile(join(folder, 'key.pem'), key),
    writeFile(join(folder, 'certificate.pem'), cert),
    writeFile(join(folder, 'both.pem'), `${cert}\n${key}`),
    writeFile(join(folder, 'authorities.pem'), `${anchors}\n${intermediates}\n`),
  ]);
  const [command, args] = await run({ folder, mire, ports });
  const server = new OwnServer(
    () => spawnQuietly(command, args),
    () => listening(ports.card),
  );
  try {
    await server.start();
  } catch (error) {
    await mire.close();
    throw new Error(`the proxy does not start: ${await said(command, args)}`, { cause: error });
  }
  const send: Send = (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-proto', url.protocol.slice(0, -1));
    headers.set('x-forwarded-host', url.host);
    return fetch(`http://127.0.0.1:${mire.settings.PORT}${url.pathname}${url.search}`, { ...init, headers });
  };
  return {
    mire,
    cardOrigin,
    send,
    async close() {
      await server.stop();
      await mire.close();
      await remove();
    },
  };
}

/** What it complains of when it is started once more. */
function said(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 2000 });
    let text = '';
    child.stderr.on('data', (data) => {
      text += data;
    });
    child.on('close', () => resolve(text));
  });
}

/** nginx with the configuration that we ship: only names, ports and paths are those of this machine. */
export const behindNginx = (clientAuthority?: string, added: MireOptions['added'] = {}): Promise<BehindProxy> =>
  behind(
    (ports) => ({
      MTLS_ORIGIN: `https://127.0.0.1:${ports.mtls}`,
      MTLS_PROXY_SECRET: randomBytes(32).toString('hex'),
    }),
    (port) => `https://localhost:${port}`,
    async ({ folder, mire, ports }) => {
      const { cert } = await ownCertificate();
      await writeFile(join(folder, 'client-authority.pem'), clientAuthority ?? cert);
      const conf = (await shippedNginx([mire.settings.PORT]))
        .replace('listen 8443', `listen 127.0.0.1:${ports.issuer}`)
        .replace('listen 8444', `listen 127.0.0.1:${ports.card}`)
        // Debian's nginx 1.22 knows it only as a word of `listen`.
        .replace('http2 on;', '')
        .replace(
          'include /run/secrets/card_proxy_header;',
          `proxy_set_header X-Mire-Proxy-Secret "${mire.settings.CARD_PROXY_SECRET}";`,
        )
        .replace('listen 8445', `listen 127.0.0.1:${ports.mtls}`)
        .replace(
          'include /run/secrets/mtls_proxy_header;',
          `proxy_set_header X-Mire-Proxy-Secret "${mire.settings.MTLS_PROXY_SECRET}";`,
        )
        .replace('/run/secrets/client_authorities', join(folder, 'client-authority.pem'))
        .replace('/run/secrets/card_authorities', join(folder, 'authorities.pem'))
        .replaceAll(/\/run\/secrets\/(?:card_|mtls_)?tls_certificate/g, join(folder, 'certificate.pem'))
        .replaceAll(/\/run\/secrets\/(?:card_|mtls_)?tls_key/g, join(folder, 'key.pem'));
      return nginxWith(folder, conf);
    },
    added,
  );

/** HAProxy on the card's host alone, as docs/card-proxies.md has it. */
export const behindHaproxy = (): Promise<BehindProxy> =>
  behind(
    () => ({ CARD_HEADER_FORMAT: 'haproxy' }),
    () => undefined,
    async ({ folder, mire, ports }) => {
      const documented = await readFile(join(import.meta.dirname, '../../../docs/card-proxies.md'), 'utf8');
      const block = /```haproxy\n([\s\S]*?)```/.exec(documented)?.[1];
      if (!block) throw new Error('docs/card-proxies.md has no HAProxy configuration');
      const conf = block
        .replace(':443', `127.0.0.1:${ports.card}`)
        .replace('/etc/haproxy/cps.pem', join(folder, 'both.pem'))
        .replace('/etc/haproxy/card-authorities.pem', join(folder, 'authorities.pem'))
        .replace('<CARD_PROXY_SECRET>', mire.settings.CARD_PROXY_SECRET ?? '')
        .replace('10.0.0.11:3000', `127.0.0.1:${mire.settings.PORT}`);
      const file = join(folder, 'haproxy.cfg');
      await writeFile(file, conf);
      return [binary('haproxy') ?? '', ['-db', '-f', file]];
    },
  );
