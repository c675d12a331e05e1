import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClientMetadata } from 'oidc-provider';
import { applyChanges, disableClient, rotateSecret } from '../../../src/clients/administration.ts';
import { warnContacts } from '../../../src/clients/expiry.ts';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { selfSigned } from '../../support/clients/client-certificates.ts';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { auditOf } from '../../support/sign-in/steps.ts';

const DAY = 24 * 60 * 60;

describe('contacts are told before an application stops working', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const parts = () => ({
    storage: mire.sandbox.parts.storage,
    clock: mire.clock.now,
    issuer: mire.issuer,
    zone: 'Europe/Paris',
  });
  const inDays = (days: number) => new Date(mire.clock.now().getTime() + days * DAY * 1000);
  async function added(id: string, more: Partial<ClientMetadata> = {}): Promise<void> {
    const to = {
      client_id: id,
      client_name: `Application ${id}`,
      client_secret: 'a secret that is long enough, and more',
      client_secret_expires_at: 0,
      redirect_uris: ['https://app.example/'],
      contacts: [`${id}@equipe.example`, 'pas une adresse'],
      ...more,
    } as ClientMetadata;
    await applyChanges(parts(), [{ clientId: id, from: undefined, to, names: [] }]);
  }
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  /** What the workers do; the queue then delivers to the inbox. */
  async function warned() {
    const before = mire.sandbox.inbox.all().length;
    const count = await warnContacts(parts(), mire.sandbox.notifier);
    return (await inbox(before + count)).slice(0, count);
  }
  /** Newest first, once so many have come. */
  function inbox(count: number) {
    const all = () => mire.sandbox.inbox.all();
    return until(
      () => `${count} messages, of which ${all().length} came`,
      () => all().length >= count && all(),
    );
  }

  test('a secret: thirty, seven and one day before, once each, by one of the workers', async () => {
    await added('agenda', { client_secret_expires_at: seconds(inDays(40)) });
    expect(await warned()).toEqual([]);
    mire.clock.forward(11 * DAY);
    const counts = await parallel(4, () => warnContacts(parts(), mire.sandbox.notifier));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    const [mail] = await inbox(1);
    expect(mail?.to).toBe('agenda@equipe.example');
    expect(mail?.subject).toMatch(/^Le secret de Application agenda expire le \d/);
    expect(mail?.text).toContain(`${mire.issuer}/integrateurs`);
    expect(mail?.text).not.toContain('a secret that is long enough');
    expect(await warned()).toEqual([]);
    // Two days before, the worker having been away: one mail, not two.
    mire.clock.forward(27 * DAY);
    expect(await warned()).toHaveLength(1);
    expect(await warned()).toEqual([]);
    mire.clock.forward(1 * DAY + 3600);
    expect(await warned()).toHaveLength(1);
    mire.clock.forward(2 * DAY);
    expect(await warned()).toEqual([]);
    expect(await auditOf(mire, 'client.contacts-warned')).not.toHaveLength(0);
  });

  test('the old secret of a rotation, a week before it stops', async () => {
    await added('garde');
    const { version } = (await parts().storage.clients.byId('garde')) ?? { version: 0 };
    await rotateSecret(parts(), 'garde', version, { previousUntil: inDays(14), expiresAt: undefined });
    expect(await warned()).toEqual([]);
    mire.clock.forward(8 * DAY);
    expect(await warned()).toMatchObject([
      { to: 'garde@equipe.example', subject: expect.stringContaining('ancien secret') },
    ]);
  });

  test('a certificate of its keys', async () => {
    const { jwk } = await selfSigned('CN=lits', inDays(20).getTime() - Date.now());
    await added('lits', { token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [jwk as never] } });
    expect(await warned()).toMatchObject([
      { to: 'lits@equipe.example', subject: expect.stringContaining('certificat') },
    ]);
    expect(await warned()).toEqual([]);
  });

  test('a disabled application, or one without contacts, tells nobody', async () => {
    await added('fermee', { client_secret_expires_at: seconds(inDays(5)) });
    await added('muette', { client_secret_expires_at: seconds(inDays(5)), contacts: [] });
    await disableClient(parts(), 'fermee', 'closed');
    expect(await warned()).toEqual([]);
  });
});
