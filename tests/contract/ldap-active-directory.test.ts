import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDirectory } from '../../adapters/ldap/directory.ts';
import { answerTo, entryFor, lengthOf, RESULT, readRequest } from '../../src/sandbox/hospital/ldap-message.ts';
import { ownCertificate } from '../../src/sandbox/tls-front.ts';
import type { Directory } from '../../src/structures/directory.ts';
import { readingOf } from '../../src/structures/reading.ts';
import { type LdapStructure, structureDefinition } from '../../src/structures/structure.ts';
import { partsOf } from '../support/structures/directory-parts.ts';

/** As Active Directory words its answers 49. */
const worded = (data: string) =>
  `80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data ${data}, v4563`;

describe('an Active Directory, as far as its answers go', () => {
  let directory: Directory;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const certificate = await ownCertificate();
    const sockets = new Set<TLSSocket>();
    // Whoever binds is answered what their own name says.
    const server = createServer(certificate, (socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes: Buffer) => {
        const request = readRequest(bytes.subarray(0, lengthOf(bytes)));
        if (request.kind === 'search') {
          const login = /sAMAccountName=([^)]*)/i.exec(request.filter.toString())?.[1] ?? '';
          const control = login === 'closed' ? '514' : '512';
          const attributes = {
            employeeID: [`id-${login}`],
            sn: ['Nom'],
            userAccountControl: [control],
            accountExpires: ['0'],
          };
          socket.write(entryFor(request, `CN=${login},DC=chu,DC=example`, attributes));
          socket.write(answerTo(request, RESULT.success));
        } else if (request.kind === 'bind') {
          const data = /^CN=data-(\w+)/.exec(request.dn)?.[1];
          socket.write(answerTo(request, data ? RESULT.invalidCredentials : RESULT.success, data ? worded(data) : ''));
        } else socket.end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const definition = structureDefinition.parse({
      id: 'chu',
      name: 'CHU',
      connector: {
        kind: 'ldap',
        directory: 'active-directory',
        servers: [`ldaps://localhost:${(server.address() as AddressInfo).port}`],
        ca: certificate.cert,
        base_dn: 'DC=chu,DC=example',
        id_attribute: 'employeeID',
      },
    });
    const structure = { ...definition, enabled: true, version: 1 } as LdapStructure;
    directory = openDirectory(structure, partsOf(undefined));
    close = async () => {
      await directory.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    };
  });
  afterAll(() => close());

  test.each([
    ['data-525', 'wrong', 'wrong', undefined],
    ['data-52e', 'wrong', 'wrong', undefined],
    ['data-52f', 'right', 'not-here', undefined],
    ['data-530', 'right', 'not-now', undefined],
    ['data-531', 'right', 'not-here', undefined],
    ['data-532', 'right', 'password-expired', undefined],
    ['data-533', 'right', 'disabled', 'disabled'],
    ['data-568', 'right', 'unclear', undefined],
    ['data-569', 'right', 'not-here', undefined],
    ['data-701', 'right', 'disabled', 'expired'],
    ['data-773', 'right', 'must-change', undefined],
    ['data-775', 'not-judged', 'locked', undefined],
    ['data-abc', 'wrong', 'wrong', undefined],
    ['closed', 'right', 'disabled', 'disabled'],
    ['agent', 'right', undefined, undefined],
  ] as const)('%s: the password is %s, told as %s, ended as %s', async (login, password, refusal, leaves) => {
    const found = await directory.find(login);
    expect(found?.entry?.entryId).toBe(`id-${login}`);
    const answer = await directory.check(found, 'Un-mot-de-passe-2026');
    expect(found && readingOf(found.standing, answer, found.entry)).toEqual({
      password,
      ...(refusal && { refusal }),
      ...(leaves && { leaves }),
    });
  });

  test('nobody is told apart from a wrong password by these codes', async () => {
    expect(await directory.check(undefined, 'Un-mot-de-passe-2026')).toMatchObject({ refusal: 'wrong' });
  });
});
