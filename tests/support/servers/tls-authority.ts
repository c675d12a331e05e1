import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from '../jest/binaries.ts';

export interface ServerCertificate {
  /** PEM of the authority. */
  readonly ca: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * A private authority and the certificate that it gave a server of this machine, in files.
 * @param address of the loopback network, where the server has one of its own
 * @param names what the certificate names, where it is not this machine
 */
export function tlsAuthority(
  folder: string,
  name: string,
  address = '127.0.0.1',
  names: readonly string[] = [...new Set(['DNS:localhost', 'IP:127.0.0.1', `IP:${address}`])],
): ServerCertificate {
  const file = (extension: string) => join(folder, `${name}.${extension}`);
  const openssl = (...args: string[]) => execFileSync(binary('openssl') ?? 'openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  const authority = ['-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', `/CN=Test authority ${name}`];
  openssl('req', '-x509', ...newKey, ...authority);
  writeFileSync(file('ext'), `subjectAltName=${names.join(',')}\n`);
  openssl('req', ...newKey, '-keyout', file('key'), '-out', file('csr'), '-subj', '/CN=localhost');
  const by = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '30'];
  openssl('x509', '-req', '-in', file('csr'), ...by, '-extfile', file('ext'), '-out', file('pem'));
  return {
    ca: readFileSync(file('ca.pem'), 'utf8'),
    caFile: file('ca.pem'),
    certFile: file('pem'),
    keyFile: file('key'),
  };
}
