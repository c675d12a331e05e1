import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand, typedCommand } from '../../support/mire-command.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf } from '../../support/sign-in/steps.ts';

describe('the command line registers and changes applications of a service that runs', () => {
  const secrets = testSecrets();
  let mire: RunningMire;
  let directory: string;
  beforeAll(async () => {
    mire = await startMire({ env: secrets });
    directory = await mkdtemp(join(tmpdir(), 'mire-clients-'));
  });
  afterAll(async () => {
    await mire.close();
    await rm(directory, { recursive: true });
  });

  const environment = () => ({
    ...secrets,
    DATABASE_URL: mire.database.url,
    ISSUER: mire.issuer,
    PORT: String(mire.settings.PORT),
  });
  const clients = (args: readonly string[]) => mireCommand(['clients', ...args], environment());
  const file = (name: string) => join(directory, name);
  const ADD = ['--name', 'Agenda des gardes', '--redirect-uri', 'http://localhost:4000/callback', '--first-party'];

  test('an application added from flags signs somebody in at once; show tells no secret', async () => {
    const asked = ['--minimum-acr', 'eidas1', '--contact', 'equipe@agenda.example'];
    const added = await typedCommand(['clients', 'add', 'agenda', ...ADD, ...asked], environment());
    expect(added).toMatchObject({ code: 0, err: '' });
    const { client_secret: secret } = JSON.parse(added.out) as { client_secret: string };
    const application = await Application.discover(mire.issuer, 'agenda', secret);
    const started = await application.start();
    const back = await signInByPassword(new Browser(mire.issuer), started.url);
    expect((await started.finish(back.url)).claims()).toMatchObject({ aud: 'agenda', acr: 'eidas1' });

    const shown = await clients(['show', 'agenda']);
    expect(shown.out).not.toContain(secret);
    const { last_used: lastUsed, ...metadata } = JSON.parse(shown.out) as Record<string, unknown>;
    expect(metadata).toMatchObject({ minimum_acr: 'eidas1', first_party: true, contacts: ['equipe@agenda.example'] });
    expect(lastUsed).toEqual(expect.any(String));
    expect((await auditOf(mire, 'client.registered')).map(({ client_id }) => client_id)).toContain('agenda');

    expect(await clients(['add', 'agenda', ...ADD])).toMatchObject({ code: 1, out: '' });
    expect((await clients(['show', 'nobody'])).err).toContain('mire clients list');
  });

  test('what is wrong is said, and nothing is written', async () => {
    for (const [args, sentence] of [
      [
        ['add', 'bad', '--redirect-uri', 'https://*.example.org/'],
        /is not an address that a browser may be sent back to/,
      ],
      [['add', 'bad', ...ADD, '--set', 'reponse_types=["code"]'], /unknown: reponse_types/],
      [['add', 'bad', ...ADD, '--set', 'allowed_modes=["carte"]'], /allowed_modes is not valid/],
      [['add', 'messagerie', ...ADD, '--minimum-acr', 'eidas1'], /never below eidas2/],
      [['add', 'bad client', ...ADD], /client_id is made of/],
      [['update', 'agenda', '--minimum-acr', 'eidas9'], /minimum_acr is not valid/],
    ] as const) {
      const refused = await clients(args);
      expect([args, refused.code, sentence.test(refused.err)]).toEqual([args, 1, true]);
      expect(refused.err).not.toContain('    at ');
    }
    expect(await mire.sandbox.parts.storage.clients.list()).toHaveLength(1);
  });

  test('an update shows the difference; a dry run writes none', async () => {
    const dry = await clients(['update', 'agenda', '--minimum-acr', 'eidas2', '--dry-run']);
    expect(dry.out).toBe('~ agenda\n  - minimum_acr: "eidas1"\n  + minimum_acr: "eidas2"\n');
    expect(JSON.parse((await clients(['show', 'agenda'])).out)).toMatchObject({ minimum_acr: 'eidas1' });
    await clients(['update', 'agenda', '--minimum-acr', 'eidas2']);
    const [line] = await auditOf(mire, 'client.updated');
    expect(line).toMatchObject({ client_id: 'agenda', details: { changed: ['minimum_acr'] } });
    expect((await clients(['update', 'agenda', '--minimum-acr', 'eidas2'])).out).toBe('Nothing changes.\n');
  });

  test('the whole set as a file: exported without secrets, shown before it is applied, applied once', async () => {
    const { out } = await clients(['export']);
    expect(out).not.toContain('secret');
    await writeFile(file('set.yaml'), out);
    expect((await clients(['import', file('set.yaml'), '--apply'])).out).toBe('Nothing changes.\n');

    const set = parse(out) as { clients: Record<string, unknown>[] };
    const first = set.clients[0] as Record<string, unknown>;
    first.step_up_reason = 'Les gardes concernent des patients.';
    set.clients.push({ client_id: 'ror-test', redirect_uris: ['https://ror.example/cb'], owner: 'Équipe ROR' });
    await writeFile(file('set.json'), JSON.stringify(set));
    const shown = await clients(['import', file('set.json')]);
    expect(shown.out).toContain('+ ror-test (new)\n');
    expect(shown.out).toContain('  + step_up_reason: "Les gardes concernent des patients."\n');
    expect(shown.out).toContain('Nothing was applied');
    expect(await mire.sandbox.parts.storage.clients.byId('ror-test')).toBeUndefined();

    const twice = await Promise.all([1, 2].map(() => clients(['import', file('set.json'), '--apply'])));
    const applied = twice.filter(({ code }) => code === 0);
    expect(applied.length).toBeGreaterThanOrEqual(1);
    for (const { code, out: said, err } of twice) {
      if (code !== 0) expect(err).toContain('was changed meanwhile');
      else if (!said.includes('Nothing changes.')) expect(said).toContain('"ror-test":');
    }
    expect(twice.filter(({ out: said }) => said.includes('"applied"'))).toHaveLength(1);
    expect((await auditOf(mire, 'client.registered')).filter((line) => line.client_id === 'ror-test')).toHaveLength(1);
  });

  test('one mistake in a file keeps all of it out, and all mistakes are named', async () => {
    const bad = {
      clients: [
        { client_id: 'good', redirect_uris: ['https://good.example/'] },
        { client_id: 'one', redirect_uris: ['javascript:alert(1)'] },
        { client_id: 'two', redirect_uris: ['https://two.example/'], client_secret: 'in the open' },
      ],
    };
    await writeFile(file('bad.json'), JSON.stringify(bad));
    const refused = await clients(['import', file('bad.json'), '--apply']);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/one: /);
    expect(refused.err).toMatch(/two: a secret does not stand in a file/);
    expect(await mire.sandbox.parts.storage.clients.byId('good')).toBeUndefined();
    expect(await readFile(file('bad.json'), 'utf8')).toContain('good');
  });

  test('those that nobody used are listed, and those that the file left out can be disabled', async () => {
    const unused = JSON.parse((await clients(['list', '--unused', '0'])).out) as { client_id: string }[];
    expect(unused.map(({ client_id }) => client_id)).toContain('ror-test');
    expect(JSON.parse((await clients(['list', '--unused', '30'])).out)).toEqual([]);
    await writeFile(
      file('less.yaml'),
      'clients:\n  - client_id: ror-test\n    redirect_uris: [https://ror.example/cb]\n',
    );
    const said = await clients(['import', file('less.yaml'), '--apply', '--disable-others']);
    expect(said.out).toContain('! agenda is not in the file: disabled');
    expect(await mire.sandbox.parts.storage.clients.byId('agenda')).toMatchObject({
      disabled: { reason: 'not in the imported file' },
    });
  });
});
