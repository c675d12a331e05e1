import { afterEach, describe, expect, test } from '@jest/globals';
import { type RunningMire, startMire } from '../../support/mire.ts';

describe('/.well-known/security.txt (RFC 9116)', () => {
  let mire: RunningMire;
  afterEach(() => mire.close());
  const ask = () => fetch(`${mire.issuer}/.well-known/security.txt`);

  test('says to whom a weakness is reported, in this order, and never runs out', async () => {
    const contacts = ['mailto:securite@mire.example.fr', 'https://mire.example.fr/signaler'];
    mire = await startMire({ env: { SECURITY_CONTACT: contacts.join(',') } });
    mire.clock.forward(400 * 24 * 60 * 60);
    const answer = await ask();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const lines = (await answer.text()).trim().split('\n');
    expect(lines.slice(0, 2)).toEqual(contacts.map((contact) => `Contact: ${contact}`));
    expect(lines).toContain(`Canonical: ${mire.issuer}/.well-known/security.txt`);
    const expires = Date.parse(lines.find((line) => line.startsWith('Expires: '))?.slice(9) ?? '');
    expect(expires).toBeGreaterThan(mire.clock.now().getTime());
    expect(expires).toBeLessThan(mire.clock.now().getTime() + 365 * 24 * 60 * 60 * 1000);
  });

  test('is not there where nobody said it', async () => {
    mire = await startMire();
    expect((await ask()).status).toBe(404);
  });
});
