import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { acceptCrl, readCrl } from '../../src/cards/crl.ts';
import { createRevocation } from '../../src/cards/revocation.ts';
import { loadTrust } from '../../src/cards/trust.ts';
import { createCardVerifier } from '../../src/cards/verifier.ts';
import { memoryCrls } from '../support/cards/card-authorities.ts';
import { describeWith } from '../support/jest/services.ts';

const CONFIGURATION = `
[req]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = dn
[dn]
C = FR
title = Médecin
GN = CAMILLE
+CN = 899700123450
+SN = FICTIF0012345
[cps_auth]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth, 1.3.6.1.4.1.311.20.2.2
subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;UTF8:899700123450@carte-cps.fr
crlDistributionPoints = URI:http://igc-sante.example.test/CRL/ACI-FO-PP-TEST.crl
authorityInfoAccess = OCSP;URI:http://ocsp.example.test
1.2.250.1.71.1.2.5 = DER:04:01:80
1.2.250.1.71.1.2.2 = DER:02:01:00
1.2.250.1.71.1.2.3 = ASN1:PRINTABLESTRING:8025000001/2600000001
1.2.250.1.71.1.2.7 = DER:02:01:0A
[authority_auth]
basicConstraints = CA:TRUE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
[ca]
default_ca = own
[own]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 7
`;

/** Another maker than ours, with RSA keys and the layout of real cards. */
describeWith('openssl', 'certificates and lists made by OpenSSL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cards-openssl-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const der = (name: string) => new X509Certificate(readFileSync(join(folder, `${name}.pem`))).raw;
  const key = (name: string) =>
    openssl(
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-config',
      'cps.cnf',
    );
  const sign = (name: string, ...more: string[]) => {
    const from = ['-in', 'cps.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30'];
    openssl('x509', '-req', ...from, '-extfile', 'cps.cnf', '-extensions', 'cps_auth', '-out', `${name}.pem`, ...more);
  };
  const crl = (...more: string[]) => {
    openssl(
      'ca',
      '-config',
      'cps.cnf',
      '-gencrl',
      '-keyfile',
      'ca.key',
      '-cert',
      'ca.pem',
      '-out',
      'list.pem',
      ...more,
    );
    openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.crl');
    return readFileSync(join(folder, 'list.crl'));
  };

  beforeAll(() => {
    writeFileSync(join(folder, 'cps.cnf'), CONFIGURATION);
    writeFileSync(join(folder, 'index.txt'), '');
    writeFileSync(join(folder, 'crlnumber'), '01\n');
    const subject = '/C=FR/O=FAUX-ASIP/OU=0002 000000000/OU=IGC-SANTE TEST/CN=FAUX TEST AC IGC-SANTE FORT PERSONNES';
    const root = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '60'];
    const usage = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    openssl('req', ...root, '-subj', subject, ...usage);
    key('cps');
    sign('cps');
    sign('sha1', '-sha1');
    sign('authority', '-extensions', 'authority_auth');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function verify(name: string) {
    const trust = loadTrust(readFileSync(join(folder, 'ca.pem'), 'utf8'));
    const clock = () => new Date();
    const crls = memoryCrls();
    await acceptCrl(crl(), { trust, crls, now: clock() });
    const revocation = createRevocation({ crls, clock });
    const rules = { trust, allowedTypes: ['CPS'] as const, revocation, degraded: false, clock };
    return createCardVerifier(rules).verify(der(name));
  }

  test('a card with the layout of the national ones is read and believed', async () => {
    expect(await verify('cps')).toMatchObject({
      ok: true,
      holder: {
        nationalId: '899700123450',
        familyName: 'FICTIF0012345',
        givenName: 'CAMILLE',
        profession: '10',
        cardType: 'CPS',
      },
    });
  });

  test('a card signed with SHA-1 is of a wrong authority', async () => {
    expect(await verify('sha1')).toMatchObject({ ok: false, refusal: 'wrong-ca' });
  });

  test('an authority is no card, whatever its usages', async () => {
    expect(await verify('authority')).toMatchObject({ ok: false, refusal: 'wrong-usage' });
  });

  test('a list signed with SHA-1 is refused', async () => {
    const trust = loadTrust(readFileSync(join(folder, 'ca.pem'), 'utf8'));
    await expect(readCrl(crl('-md', 'sha1'), trust, new Date())).rejects.toMatchObject({ fault: 'signature' });
    await expect(readCrl(crl(), trust, new Date())).resolves.toMatchObject({ serials: [] });
  });

  test('a list of fifty thousand cards is read, and the card that is not on it believed', async () => {
    const serials = Array.from({ length: 50_000 }, (_, i) => (0x4000000000 + i).toString(16).toUpperCase());
    const lines = serials.map((serial) => `R\t350101000000Z\t260101000000Z\t${serial}\tunknown\t/CN=x\n`);
    writeFileSync(join(folder, 'index.txt'), lines.join(''));
    expect(await verify('cps')).toMatchObject({ ok: true });
    writeFileSync(join(folder, 'index.txt'), '');
  });

  test('a card on the list that OpenSSL wrote is revoked', async () => {
    openssl('ca', '-config', 'cps.cnf', '-revoke', 'cps.pem', '-keyfile', 'ca.key', '-cert', 'ca.pem');
    expect(await verify('cps')).toMatchObject({ ok: false, refusal: 'revoked' });
  });
});
