import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HOSTILE, RESERVED, TEXT_METADATA } from '../../support/clients/hostile-texts.ts';
import { type Registered, register, registrationToken } from '../../support/clients/registration.ts';
import { strangerRequest } from '../../support/clients/stranger.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand } from '../../support/mire-command.ts';
import { signInByCode } from '../../support/sign-in/journeys.ts';

const TABLE = Object.entries(TEXT_METADATA).flatMap(([name, holding]) =>
  Object.entries(HOSTILE).map(([what, text]) => ({ name, what, value: holding(text) })),
);

/** RFC 7591 §3.2.2 has a code of its own for one of them. */
const codeFor = (name: string) => (name === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata');

describe('what an application writes of itself', () => {
  const secrets = testSecrets();
  let mire: RunningMire;
  let one: Registered;
  let folder: string;
  beforeAll(async () => {
    mire = await startMire({ env: { ...secrets, RATE_LIMIT_FACTOR: '1000' } });
    one = await register(mire.issuer, await registrationToken(mire.issuer));
    folder = await mkdtemp(join(tmpdir(), 'mire-texts-'));
  });
  afterAll(async () => {
    await mire.close();
    await rm(folder, { recursive: true });
  });

  /** A refusal leaves the token as it is. */
  async function change(metadata: Record<string, unknown>): Promise<Registered> {
    const { client_id, client_secret, redirect_uris, client_name } = one;
    const answer = await fetch(one.registration_client_uri, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${one.registration_access_token}` },
      body: JSON.stringify({ client_id, client_secret, redirect_uris, client_name, ...metadata }),
    });
    const changed = { ...((await answer.json()) as Registered), status: answer.status };
    if (answer.status === 200) one = { ...one, ...changed };
    return changed;
  }

  test.each(Object.keys(TEXT_METADATA))('%s that hides, turns or fills a line is refused by its name', async (name) => {
    for (const { what, value } of TABLE.filter((row) => row.name === name)) {
      const refused = await change({ [name]: value });
      expect([what, refused.status, refused.error, refused.error_description?.startsWith(name)]).toEqual([
        what,
        400,
        codeFor(name),
        true,
      ]);
    }
  });

  test('a first registration is asked the same', async () => {
    const token = await registrationToken(mire.issuer);
    for (const [name, holding] of Object.entries(TEXT_METADATA)) {
      const refused = await register(mire.issuer, token, { [name]: holding('a\u202eb') });
      expect([name, refused.status, refused.error]).toEqual([name, 400, codeFor(name)]);
    }
  });

  test('lists are short, and so is what nobody knows', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => `https://app.example.org/${i}`);
    for (const metadata of [
      { redirect_uris: many },
      { post_logout_redirect_uris: many },
      { contacts: many.map((_, i) => `a${i}@app.example.org`) },
      { purpose: Object.fromEntries(many.map((uri) => [uri.slice(-20), 'x'])) },
      { jwks: { keys: many.map(() => ({ kty: 'RSA' })) } },
      { unheard_of: many },
      { unheard_of: 'x'.repeat(10_000) },
      Object.fromEntries(many.map((_, i) => [`name_${i}`, i])),
    ]) {
      const [name = ''] = Object.keys(metadata);
      const { status, error } = await change(metadata);
      expect([name, status, error]).toEqual([name, 400, codeFor(name)]);
    }
  });

  test.each(RESERVED)('nobody is called %s but the platform', async (name) => {
    expect(await change({ client_name: name })).toMatchObject({ status: 400, error: 'invalid_client_metadata' });
    expect((await change({ 'client_name#en': name })).status).toBe(400);
  });

  test('a name is kept composed and without the spaces around it; one in any script is a name', async () => {
    expect(await change({ client_name: '  Prévention e\u0301te\u0301  ' })).toMatchObject({
      status: 200,
      client_name: 'Prévention été',
    });
    expect(await change({ client_name: 'Ημερολόγιο 👩 日程' })).toMatchObject({ status: 200 });
  });

  test('the modes that an administrator left to an application stay, whatever it says of itself afterwards', async () => {
    const { clients } = mire.sandbox.parts.storage;
    const stored = await clients.byId(one.client_id);
    const narrowed = { ...stored?.metadata, client_id: one.client_id, allowed_modes: ['psc', 'cps'] };
    await clients.replace(one.client_id, stored?.version ?? 0, narrowed as never, mire.clock.now());
    expect((await change({ client_name: 'Agenda' })).status).toBe(200);
    expect((await clients.byId(one.client_id))?.metadata.allowed_modes).toEqual(['psc', 'cps']);
    for (const allowed_modes of [['login-mdp'], ['psc', 'code-ephemere'], [], 'psc,login-mdp', null])
      await change({ allowed_modes });
    expect((await clients.byId(one.client_id))?.metadata.allowed_modes).toEqual(['psc', 'cps']);
    expect((await change({ allowed_modes: ['psc'] })).status).toBe(200);
    expect((await clients.byId(one.client_id))?.metadata.allowed_modes).toEqual(['psc']);
  });

  test('a file of applications is refused as a whole, every wrong text by its name', async () => {
    const clients = TABLE.map(({ name, value }, index) => ({
      client_id: `bad-${index}`,
      client_name: 'Agenda',
      redirect_uris: ['https://app.example.org/callback'],
      [name]: value,
    }));
    const own = RESERVED.filter((name) => !/^portail/i.test(name)).map((client_name, index) => ({
      client_id: `own-${index}`,
      redirect_uris: ['https://app.example.org/callback'],
      client_name,
      first_party: true,
    }));
    const path = join(folder, 'set.json');
    await writeFile(path, JSON.stringify({ clients: [...clients, ...own] }));
    const environment = { ...secrets, DATABASE_URL: mire.database.url, ISSUER: mire.issuer };
    const refused = await mireCommand(['clients', 'import', path, '--apply'], environment);
    expect(refused.code).toBe(1);
    const said = new Map(
      refused.err.split('\n').map((line) => /^(?:error: )?([\w-]+): (\S+)/.exec(line)?.slice(1) ?? []) as [
        string,
        string,
      ][],
    );
    expect(TABLE.flatMap(({ name, what }, index) => (said.get(`bad-${index}`) === name ? [] : [[name, what]]))).toEqual(
      [],
    );
    expect(own.filter(({ client_id }) => said.get(client_id) !== 'client_name')).toEqual([]);
    // The platform's own name is for an application of the platform, and an administrator says which one is.
    const portal = ['clients', 'add', 'portail-regional', '--redirect-uri', 'https://app.example.org/callback'];
    const named = [...portal, '--name', 'Portail des Professionnels de Santé'];
    expect((await mireCommand(named, environment)).err).toContain('client_name is a name of the platform');
    expect(await mireCommand([...named, '--first-party'], environment)).toMatchObject({ code: 0 });
  });

  test('what was stored before is read, cleaned where it is shown, and may be said again', async () => {
    const request = new URL(await strangerRequest(mire, 'Agenda partagé'));
    const clientId = request.searchParams.get('client_id') ?? '';
    const { clients } = mire.sandbox.parts.storage;
    const stored = await clients.byId(clientId);
    const old = { client_name: 'Mon compte\n\u202eAgenda\u0000', purpose: { email: 'vous\u2028prévenir' } };
    const metadata = { ...stored?.metadata, client_id: clientId, ...old };
    expect(await clients.replace(clientId, stored?.version ?? 0, metadata as never, mire.clock.now())).toBe(true);
    const page = await signInByCode(mire, new Browser(mire.issuer), request);
    expect(page.page.querySelector('h1')?.text).toContain('Mon compte Agenda');
    expect(page.body).toContain('vous prévenir');
    expect(page.body).not.toMatch(/[\u202e\u2028\0]/);

    const again = await clients.byId(clientId);
    const named = { ...metadata, client_name: 'Mon cômpte' };
    expect(await clients.replace(clientId, again?.version ?? 0, named as never, mire.clock.now())).toBe(true);
    const other = await signInByCode(mire, new Browser(mire.issuer), request);
    expect(other.page.querySelector('h1')?.text).toContain(clientId);
    expect(other.page.querySelector('h1')?.text).not.toContain('cômpte');
  });
});
