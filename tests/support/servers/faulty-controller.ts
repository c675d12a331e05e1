import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { TLSSocket, connect as tlsConnect } from 'node:tls';
import { answerTo, lengthOf, RESULT, type Request, readRequest } from '../../../src/sandbox/hospital/ldap-message.ts';
import type { ServerCertificate } from './tls-authority.ts';

export const FAULTS = ['closed', 'silent', 'reset', 'slow', 'busy', 'unavailable', 'untrusted'] as const;
export type Fault = (typeof FAULTS)[number];
export const MOMENTS = ['connect', 'TLS', 'bind', 'search', "the person's bind"] as const;
export type Moment = (typeof MOMENTS)[number];

/** LDAP's own words for it: of which a connection or a certificate knows none. */
const SAID: Partial<Record<Fault, number>> = { busy: 51, unavailable: 52 };
const LATE = 300;

/** Which faults can happen when. */
export const mayHappen = (fault: Fault, moment: Moment): boolean => {
  if (fault === 'untrusted') return moment === 'TLS';
  return !(fault in SAID) || (moment !== 'connect' && moment !== 'TLS');
};

export interface FaultyController {
  readonly ldaps: string;
  /** How many connections came. */
  readonly seen: () => number;
  /** How many times the person's password came. */
  readonly passwords: () => number;
  set(fault: Fault | undefined, moment?: Moment): void;
  stop(): Promise<void>;
}

/** A domain controller behind what can go wrong with one, at one moment of a sign-in. */
export async function faultyController(
  target: { ldaps: string; certificate: ServerCertificate },
  { own, other }: { own: ServerCertificate; other: ServerCertificate },
  isService: (dn: string) => boolean,
): Promise<FaultyController> {
  let fault: Fault | undefined;
  let moment: Moment | undefined;
  let seen = 0;
  let passwords = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };

  /** @returns whether what came goes on to where it was going */
  async function suffer(raw: Socket, secure: Socket, request?: Request): Promise<boolean> {
    switch (fault) {
      case 'closed':
        secure.end();
        return false;
      case 'reset':
        raw.resetAndDestroy();
        return false;
      case 'slow':
        await wait(LATE);
        return true;
      case 'busy':
      case 'unavailable':
        if (request) secure.write(answerTo(request, SAID[fault] ?? RESULT.protocolError, 'not now'));
        return false;
      default:
        return fault === undefined || fault === 'untrusted';
    }
  }

  const momentOf = (request: Request): Moment | undefined => {
    if (request.kind === 'search') return 'search';
    if (request.kind !== 'bind') return undefined;
    if (isService(request.dn)) return 'bind';
    passwords += 1;
    return "the person's bind";
  };

  async function serve(raw: Socket): Promise<void> {
    seen += 1;
    keep(raw);
    if ((moment === 'connect' || (moment === 'TLS' && fault !== 'untrusted')) && !(await suffer(raw, raw))) return;
    const shown = fault === 'untrusted' ? other : own;
    const certificate = { key: readFileSync(shown.keyFile), cert: readFileSync(shown.certFile) };
    const secure = new TLSSocket(raw, { isServer: true, ...certificate });
    keep(secure);
    const upstream = tlsConnect({ port: 636, host: new URL(target.ldaps).hostname, ca: target.certificate.ca });
    keep(upstream);
    upstream.on('data', (bytes) => secure.write(bytes));
    upstream.on('close', () => secure.end());
    raw.on('close', () => upstream.destroy());
    let bytes = Buffer.alloc(0);
    let turn = Promise.resolve();
    secure.on('data', (more: Buffer) => {
      bytes = Buffer.concat([bytes, more]);
      for (let length = lengthOf(bytes); length !== undefined; length = lengthOf(bytes)) {
        const message = bytes.subarray(0, length);
        bytes = bytes.subarray(length);
        const request = readRequest(message);
        const now = momentOf(request);
        turn = turn.then(async () => {
          if (now !== moment || (await suffer(raw, secure, request))) upstream.write(message);
        });
      }
    });
  }

  const server: Server = createServer((raw) => void serve(raw));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ldaps: `ldaps://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => seen,
    passwords: () => passwords,
    set(next, at) {
      fault = next;
      moment = at;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
