import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from '../../adapters/ldap/connection.ts';
import { readDefinitions } from '../../src/structures/definition-file.ts';
import { binary } from '../support/jest/binaries.ts';
import { describeWith } from '../support/jest/services.ts';
import { ownDirectory } from '../support/servers/own-server.ts';

/** A root, the authority that it lets issue, and the certificate of a controller, as AD CS has them. */
describeWith('openssl', 'what ca_file may hold', () => {
  let folder: Awaited<ReturnType<typeof ownDirectory>>;
  let server: Server;
  let url: string;
  const file = (name: string) => join(folder.path, name);
  const pem = (name: string) => readFileSync(file(`${name}.pem`), 'utf8');

  function issue(name: string, by: string | undefined, extensions: readonly string[]): void {
    const openssl = (...args: string[]) => execFileSync(binary('openssl') ?? 'openssl', args, { stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file(`${name}.key`)];
    openssl('req', ...key, '-out', file(`${name}.csr`), '-subj', `/CN=${name}`);
    writeFileSync(file(`${name}.ext`), extensions.join('\n'));
    const issuer = by
      ? ['-CA', file(`${by}.pem`), '-CAkey', file(`${by}.key`), '-CAcreateserial']
      : ['-signkey', file(`${name}.key`)];
    openssl(
      'x509',
      '-req',
      '-days',
      '30',
      '-in',
      file(`${name}.csr`),
      ...issuer,
      '-extfile',
      file(`${name}.ext`),
      '-out',
      file(`${name}.pem`),
    );
    openssl('x509', '-in', file(`${name}.pem`), '-outform', 'DER', '-out', file(`${name}.cer`));
  }

  beforeAll(async () => {
    folder = await ownDirectory();
    const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
    issue('root', undefined, authority);
    issue('issuing', 'root', authority);
    issue('controller', 'issuing', ['subjectAltName=DNS:localhost']);
    issue('elsewhere', 'root', authority);
    // As a controller shows itself: with the authority that issued its certificate, and not the root.
    server = createServer({ key: readFileSync(file('controller.key')), cert: `${pem('controller')}${pem('issuing')}` });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `ldaps://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server?.close(resolve));
    await folder?.remove();
  });

  /** As an administrator writes it. */
  const pinned = (name: string): string => {
    const text = JSON.stringify({
      id: 'chu',
      name: 'CHU',
      connector: { kind: 'ldap', servers: [url], ca_file: name, base_dn: 'DC=chu,DC=example' },
    });
    const [definition] = readDefinitions(text, (path) => readFileSync(file(path)));
    if (definition?.connector.kind !== 'ldap') throw new Error('no directory');
    return definition.connector.ca;
  };
  const reached = async (ca: string) => (await connect(url, { ca, start_tls: false }, 5000)).close();

  test.each(['root', 'issuing', 'controller'])('%s alone, in PEM and in DER', async (name) => {
    await reached(pinned(`${name}.pem`));
    await reached(pinned(`${name}.cer`));
  });

  test('another authority of the same root is not trusted', async () => {
    await expect(reached(pinned('elsewhere.pem'))).rejects.toMatchObject({ step: 'tls', untrusted: true });
  });
});
