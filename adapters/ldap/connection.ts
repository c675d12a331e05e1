import { type Socket, connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { Client } from 'ldapts';
import type { LdapConnector } from '../../src/structures/ldap-connector.ts';

/** How far the way to a server went. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
  readonly step: 'dns' | 'tcp' | 'tls';
  /** The server is there and shows a certificate that does not lead to the pinned authority, or is another's. */
  readonly untrusted: boolean;
  constructor(step: NotConnected['step'], said: string, untrusted = false) {
    super(said);
    this.step = step;
    this.untrusted = untrusted;
  }
}

/** One connection over TLS; the library's own reconnection is never relied on. */
export interface Connection {
  readonly server: string;
  readonly client: Client;
  readonly alive: () => boolean;
  close(): void;
}

type Wanted = Pick<LdapConnector, 'ca' | 'start_tls'>;

/** Codes of OpenSSL and Node.js that speak of the certificate itself. */
const CERTIFICATE = /CERT|SIGNATURE|ISSUER|ALTNAME|SELF_SIGNED|CHAIN/;

/** Ends in `ms`, whatever the other side does. */
export function within<T>(
  ms: number,
  late: () => Error,
  begin: (done: (value: T) => void, fail: (e: Error) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    begin(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

const lateIn = (step: NotConnected['step'], ms: number) => () =>
  new NotConnected(step, `no answer within ${(ms / 1000).toFixed(1)} s`);

function reachServer(url: URL, ms: number): { socket: Socket; reached: Promise<void> } {
  const port = Number(url.port) || (url.protocol === 'ldaps:' ? 636 : 389);
  const socket = tcpConnect({ host: hostOf(url), port, keepAlive: true, noDelay: true });
  const reached = within<void>(ms, lateIn('tcp', ms), (done, fail) => {
    socket.once('connect', done);
    socket.once('error', (error: NodeJS.ErrnoException) =>
      fail(new NotConnected(error.syscall === 'getaddrinfo' ? 'dns' : 'tcp', error.code ?? error.message)),
    );
  });
  return { socket, reached };
}

const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '');

/** What goes wrong with TLS, in the words of OpenSSL. */
function tlsFailure(error: unknown): NotConnected {
  if (error instanceof NotConnected) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new NotConnected('tls', [code, message].filter(Boolean).join(': '), CERTIFICATE.test(code));
}

/**
 * @param ms for each step
 * @throws {NotConnected}
 */
export async function connect(server: string, { ca, start_tls }: Wanted, ms: number): Promise<Connection> {
  const url = new URL(server);
  const { socket, reached } = reachServer(url, ms);
  let wire: Socket = socket;
  try {
    await reached;
    // What is pinned may be an issuing authority, or the server's own certificate: it is trusted as it is, without its root.
    const trust = { ca, host: hostOf(url), allowPartialTrustChain: true };
    // Whoever asks holds the time: see `ask` in servers.ts.
    const options = { url: `${url.protocol}//${url.host}` };
    let client: Client;
    if (start_tls) {
      client = new Client({ ...options, createConnection: () => socket });
      await within<void>(ms, lateIn('tls', ms), (done, fail) => client.startTLS(trust).then(done, fail));
    } else {
      const secure = tlsConnect({ ...trust, socket });
      wire = secure;
      await within<void>(ms, lateIn('tls', ms), (done, fail) => {
        secure.once('secureConnect', done);
        secure.once('error', fail);
        secure.once('close', () => fail(new NotConnected('tls', 'the server hung up')));
      });
      client = new Client({ ...options, createSecureConnection: () => secure });
    }
    let open = true;
    socket.once('close', () => {
      open = false;
    });
    return {
      server,
      client,
      alive: () => open && !socket.destroyed && !wire.destroyed,
      close() {
        open = false;
        // Says goodbye where it can; what comes of it is nobody's concern.
        client.unbind().catch(() => undefined);
        setTimeout(() => socket.destroy(), 100).unref();
      },
    };
  } catch (error) {
    for (const one of [wire, socket]) {
      one.on('error', () => undefined);
      one.destroy();
    }
    throw error instanceof NotConnected ? error : tlsFailure(error);
  }
}
