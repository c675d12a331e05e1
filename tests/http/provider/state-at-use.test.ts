import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { blockAccount } from '../../../src/accounts/blocking.ts';
import { disableClient } from '../../../src/clients/administration.ts';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { enableStructure, saveStructure } from '../../../src/structures/saving.ts';
import { structureDefinition } from '../../../src/structures/structure.ts';
import { type Ground, QUOTAS, USES } from '../../support/clients/every-use.ts';
import { narrow, narrowedApplication } from '../../support/clients/narrowed-client.ts';
import { freePort, type RunningMire, startMire } from '../../support/mire.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';

const CHU = { provider: 'structure:chu', structure: { id: 'chu', name: 'CHU', roles: [] } };
const LABELS = { fr: 'Lire', en: 'Read' };

/** What may happen between the giving and the use; `ours`: our own pages go on, it concerns the application alone. */
interface Change {
  readonly act: (mire: RunningMire, accountId: string, clientId: string) => Promise<unknown>;
  readonly undo?: (mire: RunningMire, accountId: string, clientId: string) => Promise<unknown>;
  readonly ours?: true;
}
const CHANGES: Readonly<Record<string, Change>> = {
  'its account was blocked': { act: ({ sandbox }, id) => blockAccount(sandbox.logout, id, 'test') },
  'its account was blocked, past all that ends sessions': {
    act: ({ database }, id) => database.database('accounts').where({ id }).update({ status: 'blocked' }),
    undo: ({ database }, id) => database.database('accounts').where({ id }).update({ status: 'active' }),
  },
  'its account was closed by its owner': {
    act: ({ sandbox: { logout } }, id) =>
      logout.end({ accountId: id }, 'closed', {
        everything: true,
        also: async ({ accounts }) => {
          await accounts.setStatus(id, { by: 'owner', to: 'closed', reason: 'test' });
        },
      }),
  },
  'its account is gone': { act: ({ database }, id) => database.database('accounts').where({ id }).delete() },
  'all that was proved for it was taken back': {
    act: ({ sandbox: { parts } }, id) => parts.storage.accounts.moveSince(id, new Date(Date.now() + 1000)),
  },
  'its way of signing in was closed by its owner': {
    act: ({ sandbox: { parts }, clock }, id) => parts.storage.care.closeDoor(id, 'compte-local', clock.now()),
    undo: ({ sandbox: { parts } }, id) => parts.storage.care.openDoor(id, 'compte-local'),
  },
  'the structure that vouched was disabled': {
    act: ({ sandbox: { parts } }) => enableStructure(parts.storage, 'chu', false),
    undo: ({ sandbox: { parts } }) => enableStructure(parts.storage, 'chu', true),
  },
  'the mode was taken out of this deployment': {
    act: async ({ settings }) => void (settings.MODES as string[]).splice(settings.MODES.indexOf('compte-local'), 1),
    undo: async ({ settings }) => void (settings.MODES as string[]).push('compte-local'),
  },
  'the application takes the mode no more': {
    act: (mire, _id, clientId) => narrow(mire, clientId, { alsoCalls: [QUOTAS], allowed_modes: ['cps'] }),
    undo: (mire, _id, clientId) => narrow(mire, clientId, { alsoCalls: [QUOTAS] }),
    ours: true,
  },
  'the application asks for more': {
    act: (mire, _id, clientId) => narrow(mire, clientId, { alsoCalls: [QUOTAS], minimum_acr: 'eidas3' }),
    undo: (mire, _id, clientId) => narrow(mire, clientId, { alsoCalls: [QUOTAS] }),
    ours: true,
  },
  'the application was disabled': {
    act: ({ sandbox: { parts } }, _id, clientId) => disableClient(parts, clientId, 'test'),
    ours: true,
  },
  'the application was deleted': {
    act: ({ sandbox: { parts } }, _id, clientId) => parts.adapter('Client').destroy(clientId),
    ours: true,
  },
};

describe('what was given while all was well is asked again when it is used', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const resources = [
      { resource: `${issuer}/sandbox/api/lits`, name: 'Lits', scopes: { 'lits:lire': LABELS } },
      { resource: QUOTAS, name: 'Quotas', scopes: { 'lits:lire': LABELS }, format: 'opaque' },
    ];
    const api = { client_id: 'api-quotas', client_secret: 'api-quotas-sandbox-secret', resource_server: QUOTAS };
    const none = { redirect_uris: [], response_types: [], grant_types: [] };
    mire = await startMire({
      env: { PORT: String(port), RATE_LIMIT_FACTOR: '1000', RESOURCES: JSON.stringify(resources) },
      added: { clients: [...demoClients(issuer), { ...api, ...none }] as never },
    });
    const connector = { kind: 'oidc', issuer: 'https://login.example', client_id: 'mire', client_secret: 'secret' };
    const chu = structureDefinition.parse({ id: 'chu', name: 'CHU', connector });
    await saveStructure(mire.sandbox.parts.storage, chu);
  });
  afterAll(() => mire.close());

  /** Somebody new, whom the hospital vouched for, at an application of their own. */
  async function somebody(): Promise<Ground & { readonly accountId: string }> {
    const accountId = randomUUID();
    const login = `p${accountId.slice(0, 8)}`;
    const account = {
      id: accountId,
      login,
      familyName: 'Moulin',
      givenName: 'Lucie',
      termsVersion: mire.settings.TERMS_VERSION,
    };
    await mire.sandbox.parts.storage.accounts.insert(account);
    const application = await narrowedApplication(mire, `app-${login}`, { alsoCalls: [QUOTAS] });
    const browser = await signInDirectly(mire, { login, mode: 'compte-local', upstream: CHU });
    return { mire, login, browser, application, accountId };
  }
  const pending = async (ground: Ground) => {
    const begun: [string, () => Promise<boolean>][] = [];
    for (const [name, use] of Object.entries(USES)) begun.push([name, await use(ground)]);
    return begun;
  };
  async function answers(begun: Awaited<ReturnType<typeof pending>>) {
    const said: Record<string, boolean> = {};
    for (const [name, isGood] of begun) said[name] = await isGood();
    return said;
  }
  const all = (good: boolean, but: Readonly<Record<string, boolean>> = {}) => ({
    ...Object.fromEntries(Object.keys(USES).map((name) => [name, good])),
    ...but,
  });

  test('nothing happened: every use is good', async () => {
    expect(await answers(await pending(await somebody()))).toEqual(all(true));
  });

  test.each(Object.entries(CHANGES))('%s', async (_name, { act, undo, ours }) => {
    const ground = await somebody();
    const begun = await pending(ground);
    await act(mire, ground.accountId, ground.application.id);
    try {
      expect(await answers(begun)).toEqual(all(false, ours ? { 'pages of the account': true } : {}));
    } finally {
      await undo?.(mire, ground.accountId, ground.application.id);
    }
  });
});
