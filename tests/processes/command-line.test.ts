import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { AlreadyRunning } from '../../adapters/db/data-lock.ts';
import { SettingsError } from '../../config/settings.ts';
import { ChangedMeanwhile } from '../../src/clients/administration.ts';
import { ConfigError } from '../../src/http/errors.ts';
import { CommandError, failureOf } from '../../src/main/command-error.ts';
import { testSecrets } from '../support/mire.ts';
import { commandIn, mireCommand, typedCommand } from '../support/mire-command.ts';

const refusedBy = (schema: z.ZodType, value: unknown): unknown => {
  try {
    return schema.parse(value);
  } catch (error) {
    return error;
  }
};

describe('what a command ends with', () => {
  test.each([
    [
      'wrong settings',
      new SettingsError([{ name: 'PORT', message: 'is no port' }]),
      /wrong:\n {2}PORT: is no port$/,
      78,
    ],
    ['a service that cannot start like this', new ConfigError('REDIS_URL: evicts'), /^REDIS_URL: evicts$/, 78],
    ['what the operator can mend', new CommandError('No account.'), /^No account\.$/, 1],
    [
      'a sandbox that runs',
      new AlreadyRunning('.mire', { pid: 7, url: 'x' }),
      /^Mire is already running on \.mire .+$/,
      1,
    ],
    ['an application that somebody else changed', new ChangedMeanwhile('ror'), /^ror was changed meanwhile.+$/, 1],
    [
      'fields that are wrong',
      refusedBy(z.object({ email: z.email(), days: z.number() }), { email: 'x', days: 'y' }),
      /^email: .+\ndays: .+$/,
      1,
    ],
    ['anything else', new TypeError('x is not a function'), /^TypeError: x is not a function\n\s+at /, 1],
    ['what is no error', 'gone', /^gone$/, 1],
  ])('%s', (_, error, text, code) => {
    expect(failureOf(error)).toEqual({ text: expect.stringMatching(text), code });
  });
});

describe('the command line', () => {
  const environment = testSecrets();

  test.each([
    [['--help'], 0, 'out', /^Usage: mire \[options\] \[command\]\n/],
    [['accounts', 'block', '--help'], 0, 'out', /^Usage: mire accounts block \[options\] <who>\n/],
    [[], 1, 'err', /^Usage: mire/],
    [['acounts'], 1, 'err', /^error: unknown command 'acounts'\n\(Did you mean accounts\?\)\n$/],
    [['accounts', 'block', 'x'], 1, 'err', /^error: required option '--reason <text>' not specified\n$/],
    [['accounts', 'show'], 1, 'err', /^error: missing required argument 'who'\n$/],
  ] as const)('%j ends with %i, says it on std%s, and nothing else', async (args, code, where, text) => {
    const said = await commandIn(environment, args);
    const silent = where === 'out' ? 'err' : 'out';
    expect(said).toMatchObject({ code, [where]: expect.stringMatching(text), [silent]: '' });
  });

  test('an environment that is wrong ends with 78, and every mistake in it is named', async () => {
    const { code, err } = await commandIn({ MIRE_ENV: 'production', PORT: 'x' }, ['accounts', 'show', 'x']);
    expect(code).toBe(78);
    for (const name of ['PORT', 'DATABASE_URL', 'ISSUER', 'COOKIE_KEYS'])
      expect(err).toMatch(RegExp(`^  ${name}: `, 'm'));
    expect(err).not.toMatch(/\n\s+at /);
  });

  test('a command in this process leaves it as it was', async () => {
    const before = { env: { ...process.env }, exitCode: process.exitCode, listeners: process.listenerCount('exit') };
    expect((await commandIn({ PORT: 'x', ...environment }, ['settings'])).code).toBe(78);
    expect((await commandIn(environment, ['settings'])).code).toBe(0);
    const after = { env: { ...process.env }, exitCode: process.exitCode, listeners: process.listenerCount('exit') };
    expect(after).toEqual(before);
  });

  test('src/main.ts says and ends as it does', async () => {
    const settings = await typedCommand(['settings'], environment);
    expect(settings).toEqual(await mireCommand(['settings'], environment));
    expect(settings).toMatchObject({ code: 0, out: expect.stringMatching(/^COOKIE_KEYS +\(set, not shown\)$/m) });
    for (const args of [['settings', '--wrong'], ['conformance']]) {
      const wrong = { ...environment, MIRE_ENV: 'production' };
      const typed = await typedCommand(args, wrong);
      expect([args, typed.code]).not.toEqual([args, 0]);
      expect(typed).toEqual(await mireCommand(args, wrong));
    }
  });
});
