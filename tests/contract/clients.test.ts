import { expect, test } from '@jest/globals';
import type { ClientMetadata } from 'oidc-provider';
import { createAdapterFactory } from '../../adapters/oidc/adapter.ts';
import { hashId } from '../../src/protection/secrets.ts';
import { parallel, sampleAccount, testVault } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const NOW = new Date('2026-11-24T08:00:00.000Z');
const LATER = new Date('2026-11-25T08:00:00.000Z');
const metadata = (id: string, more: Partial<ClientMetadata> = {}): ClientMetadata =>
  ({
    client_id: id,
    client_secret: `${id}-secret`,
    redirect_uris: ['https://app.example/'],
    ...more,
  }) as ClientMetadata;

onEachDatabase('applications', (ground) => {
  const adapter = (request?: () => object | undefined) =>
    createAdapterFactory({
      database: ground().database,
      vault: testVault,
      now: () => NOW,
      ...(request ? { request } : {}),
    })('Client');

  test('what an administrator writes oidc-provider reads, and the other way round', async () => {
    const { clients } = ground().storage;
    expect(await clients.insert(metadata('agenda'), NOW)).toBe(true);
    expect(await clients.insert(metadata('agenda', { client_name: 'another' }), NOW)).toBe(false);
    expect(await adapter().find('agenda')).toEqual(metadata('agenda'));
    await adapter().upsert('agenda', metadata('agenda', { client_name: 'Agenda' }) as never, 0);
    expect(await clients.byId('agenda')).toMatchObject({ version: 2, metadata: { client_name: 'Agenda' } });
    expect((await clients.list()).map((client) => client.metadata.client_id)).toContain('agenda');
    await adapter().destroy('agenda');
    expect(await clients.byId('agenda')).toBeUndefined();
  });

  test('of changes that rest on one version one counts; the secret before stays until it is taken away', async () => {
    const { clients } = ground().storage;
    await clients.insert(metadata('garde'), NOW);
    const previous = { value: 'old-secret', until: LATER };
    const done = await parallel(6, (index) =>
      clients.replace('garde', 1, metadata('garde', { client_name: `${index}` }), NOW, previous),
    );
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await clients.replace('garde', 2, metadata('garde'), NOW)).toBe(true);
    expect((await clients.byId('garde'))?.previousSecret).toEqual(previous);
    expect(await clients.replace('garde', 3, metadata('garde'), NOW, null)).toBe(true);
    expect((await clients.byId('garde'))?.previousSecret).toBeUndefined();
  });

  test('a change that a request makes on what it read does not undo one made meanwhile', async () => {
    const { clients } = ground().storage;
    await clients.insert(metadata('lits'), NOW);
    const request = {};
    const mine = adapter(() => request);
    await mine.find('lits');
    expect(await clients.replace('lits', 1, metadata('lits', { client_secret: 'rotated' }), NOW)).toBe(true);
    await expect(mine.upsert('lits', metadata('lits') as never, 0)).rejects.toThrow('invalid_request');
    expect((await clients.byId('lits'))?.metadata.client_secret).toBe('rotated');
    await mine.find('lits');
    await mine.upsert('lits', metadata('lits', { client_name: 'Lits' }) as never, 0);
    expect((await clients.byId('lits'))?.metadata.client_name).toBe('Lits');
  });

  test('one that is disabled is not there for the library, and nothing that was given to it is left', async () => {
    const { clients } = ground().storage;
    await clients.insert(metadata('fini'), NOW);
    const row = (model: string, client_id: string) => ({
      model,
      id_hash: hashId(`${model}${client_id}`),
      payload: Buffer.from('sealed'),
      client_id,
    });
    await ground()
      .database('oidc_models')
      .insert([
        row('Grant', 'fini'),
        row('RefreshToken', 'fini'),
        row('RegistrationAccessToken', 'fini'),
        row('Grant', 'other'),
      ]);
    const disabled = await parallel(4, () => clients.disable('fini', NOW, 'no longer'));
    expect(disabled.filter(Boolean)).toHaveLength(1);
    expect(await adapter().find('fini')).toBeUndefined();
    expect(await clients.endTokens('fini')).toBe(2);
    expect(await ground().database('oidc_models').where({ client_id: 'other' })).toHaveLength(1);
    expect(await clients.enable('fini', NOW)).toBe(true);
    expect(await clients.enable('fini', NOW)).toBe(false);
    expect(await adapter().find('fini')).toEqual(metadata('fini'));
  });

  test('the last use only moves forward; a warning is given once', async () => {
    const { clients } = ground().storage;
    await clients.insert(metadata('vu'), NOW);
    await clients.touch('vu', LATER);
    await clients.touch('vu', NOW);
    expect((await clients.byId('vu'))?.lastUsedAt).toEqual(LATER);
    const warned = await parallel(5, () => clients.warnOnce('vu', 'secret', LATER, 7, NOW));
    expect(warned.filter(Boolean)).toHaveLength(1);
    expect(await clients.warnOnce('vu', 'secret', LATER, 1, NOW)).toBe(true);
  });

  test('those of one integrator; a closed account leaves them without owner', async () => {
    const { storage, database } = ground();
    const owner = sampleAccount();
    await storage.accounts.insert(owner);
    await storage.clients.insert(metadata('mien'), NOW, owner.id);
    expect((await storage.clients.ofOwner(owner.id)).map((client) => client.metadata.client_id)).toEqual(['mien']);
    await database('accounts').where({ id: owner.id }).delete();
    expect((await storage.clients.byId('mien'))?.ownerAccount).toBeUndefined();
  });

  test('an invitation knows its address however it is written, and tells it to nobody who reads the table', async () => {
    const { storage, database } = ground();
    expect(await storage.integrators.invite('Camille@Editeur.example', NOW)).toBe(true);
    expect(await storage.integrators.invite('camille@editeur.example', NOW)).toBe(false);
    expect(await storage.integrators.isInvited('CAMILLE@editeur.example')).toBe(true);
    expect(await storage.integrators.isInvited('camille@editeur.example.org')).toBe(false);
    const [row] = await database('integrators');
    expect(
      Object.values(row as object)
        .map(String)
        .join(),
    ).not.toMatch(/camille/i);
    expect((await storage.integrators.list()).map(({ mail }) => mail)).toEqual(['Camille@Editeur.example']);
    expect(await storage.integrators.uninvite('camille@editeur.example')).toBe(true);
  });

  test('a registration token is used no more often than it says', async () => {
    const { registrationPolicies } = ground().storage;
    await registrationPolicies.insert('token', { scopes: ['openid'] }, 3, LATER);
    const taken = await parallel(8, () => registrationPolicies.take('token'));
    expect(taken.filter((one) => one === 'used-up')).toHaveLength(5);
    expect(taken.filter((one) => typeof one === 'object')).toHaveLength(3);
    expect(await registrationPolicies.take('another')).toBeUndefined();
  });
});
