import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { ownCertificate } from '../tls-front.ts';
import { answerTo, entryFor, lengthOf, RESULT, type Request, readRequest } from './ldap-message.ts';
import { HOSPITAL_STAFF, type StaffMember } from './people.ts';

export const BASE = 'dc=hopital,dc=example';
export const READER = `cn=mire,${BASE}`;
export const groupDn = (name: string): string => `cn=${name},ou=groupes,${BASE}`;
const dnOf = ({ login }: StaffMember) => `uid=${login},ou=agents,${BASE}`;

const attributesOf = (person: StaffMember): Record<string, readonly string[]> => ({
  objectClass: ['person'],
  entryUUID: [person.entryId],
  uid: [person.login],
  sn: [person.family],
  givenName: [person.given],
  mail: [person.email],
  memberOf: person.groups.map(groupDn),
});

/** As the library compares: one value each, and names in small letters. */
const comparable = (person: StaffMember): Record<string, string> =>
  Object.fromEntries(Object.entries(attributesOf(person)).map(([name, [value = '']]) => [name.toLowerCase(), value]));

export interface SimulatedDirectory {
  readonly address: string;
  readonly ca: string;
  close(): Promise<void>;
}

/** A hospital's LDAP directory, over TLS, as far as a sign-in asks: it binds, and it finds. */
export async function startDirectory(readerPassword: string): Promise<SimulatedDirectory> {
  const certificate = await ownCertificate();
  const passwords = new Map([
    [READER, readerPassword],
    ...HOSPITAL_STAFF.map((one) => [dnOf(one), one.password] as const),
  ]);
  const sockets = new Set<TLSSocket>();

  function answer(socket: TLSSocket, request: Request, reader: boolean): boolean {
    if (request.kind === 'bind') {
      const right = request.password !== '' && passwords.get(request.dn) === request.password;
      socket.write(answerTo(request, right ? RESULT.success : RESULT.invalidCredentials));
      return right && request.dn === READER;
    }
    if (request.kind === 'unbind') socket.end();
    else if (request.kind === 'other') socket.write(answerTo(request, RESULT.protocolError, 'not simulated'));
    else if (!reader) socket.write(answerTo(request, RESULT.insufficientAccess));
    else {
      const found = HOSPITAL_STAFF.filter((person) => request.filter.matches(comparable(person)));
      for (const person of found.slice(0, request.sizeLimit || found.length))
        socket.write(entryFor(request, dnOf(person), attributesOf(person)));
      socket.write(answerTo(request, RESULT.success));
    }
    return reader;
  }

  const server = createServer(certificate, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let bytes = Buffer.alloc(0);
    let reader = false;
    socket.on('data', (more: Buffer) => {
      try {
        bytes = Buffer.concat([bytes, more]);
        for (let length = lengthOf(bytes); length !== undefined; length = lengthOf(bytes)) {
          const request = readRequest(bytes.subarray(0, length));
          bytes = bytes.subarray(length);
          reader = answer(socket, request, reader);
        }
      } catch {
        // What is no LDAP gets no answer.
        socket.destroy();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `ldaps://localhost:${(server.address() as AddressInfo).port}`,
    ca: certificate.cert,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
