import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Issued } from '../../../src/sandbox/card-certificates.ts';
import { binary } from '../jest/binaries.ts';

/** An authority made by another maker than ours, with an RSA key and a name that is not ASCII, and what it issued. */
export function rsaAuthority(folder: string): { authority: Issued; card: Issued } {
  const make = (name: string, subject: string, ...more: string[]): Issued => {
    const file = (extension: string) => join(folder, `${name}.${extension}`);
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', file('key'), '-out', file('pem'), '-days', '30'];
    execFileSync(binary('openssl') ?? 'openssl', ['req', '-x509', '-utf8', '-subj', subject, ...key, ...more], {
      stdio: 'pipe',
    });
    const certificatePem = readFileSync(file('pem'), 'utf8');
    const serial = new X509Certificate(certificatePem).serialNumber;
    return { name: [], certificatePem, privateKeyPem: readFileSync(file('key'), 'utf8'), serial };
  };
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const authority = make(
    'authority',
    '/C=FR/O=Agence fictive de Santé/CN=TEST AC FORTE ÉLÉMENTAIRE PERSONNES',
    ...usage,
  );
  const by = ['-CA', join(folder, 'authority.pem'), '-CAkey', join(folder, 'authority.key')];
  return { authority, card: make('card', '/CN=899700123450', ...by) };
}
