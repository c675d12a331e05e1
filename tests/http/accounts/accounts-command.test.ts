import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand, typedCommand } from '../../support/mire-command.ts';
import { beginLogin, signedIn } from '../../support/sign-in/steps.ts';

describe('the command line changes accounts of a service that runs', () => {
  const secrets = testSecrets();
  let mire: RunningMire;
  let directory: string;
  beforeAll(async () => {
    mire = await startMire({ env: secrets });
    directory = await mkdtemp(join(tmpdir(), 'mire-accounts-'));
  });
  afterAll(async () => {
    await mire.close();
    await rm(directory, { recursive: true });
  });

  const environment = () => ({ ...secrets, DATABASE_URL: mire.database.url });
  const command = (args: readonly string[]) => mireCommand(['accounts', ...args], environment());
  const attempt = async (login: string, password: string) => {
    const { browser } = await beginLogin(mire);
    const { status, url } = await browser.submit({ login, password });
    return url.searchParams.has('code') ? 'in' : status;
  };

  test('adds somebody whose password comes by the standard input, blocks, unblocks and shows them', async () => {
    const added = await typedCommand(
      [
        'accounts',
        'add',
        '--family-name',
        'Roux',
        '--given-name',
        'Paul',
        '--login',
        'proux',
        '--national-id',
        '899900002229',
        '--password-stdin',
      ],
      environment(),
      { input: 'Un-mot-de-passe-sur\n', by: 'npm' },
    );
    expect(added).toMatchObject({ code: 0, err: '' });
    const { added: id } = JSON.parse(added.out) as { added: string };
    // The terms of use are still to be accepted: signed in as far as that page.
    expect(await attempt('proux', 'Un-mot-de-passe-sur')).toBe(200);
    expect(await attempt('proux', 'Un-mot-de-passe-sur\n')).toBe(422);

    expect(JSON.parse((await command(['show', '899900002229'])).out)).toMatchObject({
      id,
      login: 'proux',
      nationalId: '899900002229',
    });
    const twice = await command(['add', '--family-name', 'Roux', '--given-name', 'Paul', '--login', 'PROUX']);
    expect([twice.code, twice.err.includes('somebody else')]).toEqual([1, true]);

    expect(JSON.parse((await command(['block', 'proux', '--reason', 'départ'])).out)).toEqual({
      blocked: id,
      changed: true,
    });
    expect(await attempt('proux', 'Un-mot-de-passe-sur')).toBe(403);
    expect(JSON.parse((await command(['unblock', id])).out)).toEqual({ unblocked: id, changed: true });
    expect(await attempt('proux', 'Un-mot-de-passe-sur')).toBe(200);
  });

  test('imports a file, twice, and fails when a line was refused', async () => {
    const file = join(directory, 'people.jsonl');
    const one = JSON.stringify({ login: 'fichier-1', family_name: 'Blanc', given_name: 'Inès' });
    await writeFile(file, `\ufeff${one}\r\n\r\n${one.replace('fichier-1', 'fichier-2')}\r\n`);
    expect(JSON.parse((await command(['import', file])).out)).toEqual({ added: 2, known: 0, refused: [] });
    expect(JSON.parse((await command(['import', file])).out)).toEqual({ added: 0, known: 2, refused: [] });
    await writeFile(file, `${one}\nnot json\n`);
    const bad = await command(['import', file]);
    expect([bad.code, JSON.parse(bad.out)]).toEqual([
      1,
      { added: 0, known: 1, refused: [{ line: 2, reason: 'is not JSON' }] },
    ]);
  });

  test('an unknown person, a missing file and a missing reason are sentences, without a stack', async () => {
    for (const args of [
      ['show', 'nobody'],
      ['block', 'nobody', '--reason', 'x'],
      ['block', 'mdurand'],
      ['import', join(directory, 'absent')],
    ]) {
      const { code, err } = await command(args);
      expect([args, code === 0, /\n\s+at /.test(err)]).toEqual([args, false, false]);
      expect(err.trim()).not.toBe('');
    }
  });

  test('a password that does not come is a sentence, and nobody is added', async () => {
    const somebody = ['--family-name', 'Roux', '--given-name', 'Ida', '--login', 'iroux', '--password-stdin'];
    const { code, err } = await command(['add', ...somebody]);
    expect([code, err]).toEqual([1, 'The password is read from the standard input, which is empty.\n']);
    expect((await command(['show', 'iroux'])).code).toBe(1);
  });

  test('blocking from another process ends a live session within a second', async () => {
    const { tokens } = await signedIn(mire);
    const userinfo = async () =>
      (await fetch(`${mire.issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status;
    expect(await userinfo()).toBe(200);
    const blocked = await typedCommand(['accounts', 'block', 'mdurand', '--reason', 'essai'], environment());
    expect(blocked.code).toBe(0);
    expect(await userinfo()).toBe(401);
  });
});
