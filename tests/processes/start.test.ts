import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { administration } from '../../src/main/commands/administration.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Started {
  readonly packages: readonly string[];
  /** Microseconds of processor. */
  readonly cpu: number;
}

/** Says which packages a process has loaded once it has imported a file of ours, and what that took. */
const LOADED = `
  import { registerHooks } from 'node:module';
  const packages = new Set();
  registerHooks({
    load(url, context, next) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name) packages.add(name);
      return next(url, context);
    },
  });
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage();
  console.log('\\n' + JSON.stringify({ packages: [...packages], cpu: user + system }));
  process.exit();`;
const BARE =
  'const { user, system } = process.cpuUsage(); console.log(JSON.stringify({ packages: [], cpu: user + system }));';

/** Without what Node.js kept of an earlier start. */
const { NODE_COMPILE_CACHE: _, ...ENVIRONMENT } = process.env;

function run(program: string, ...args: readonly string[]): Started & { readonly said: string } {
  const all = ['--input-type=module', '--eval', program, '--', ...args];
  const said = execFileSync(process.execPath, all, { encoding: 'utf8', env: ENVIRONMENT });
  return { ...(JSON.parse(said.trimEnd().split('\n').at(-1) ?? '') as Started), said };
}

const start = (file: string, ...args: readonly string[]) => run(LOADED, `${ROOT}${file}`, ...args);

test('a web process starts without what few of its requests need, nor the worker, nor the commands', () => {
  const { packages } = start('src/main/serve.ts');
  expect(packages).toEqual(expect.arrayContaining(['koa', 'oidc-provider', 'bullmq']));
  for (const name of [
    // Chosen passwords, passkeys, cards and certificates of client software
    '@zxcvbn-ts/core',
    '@simplewebauthn/server',
    '@peculiar/x509',
    // The worker, administrators, the sandbox
    'nodemailer',
    'yaml',
    'commander',
    '@electric-sql/pglite',
  ])
    expect(packages).not.toContain(name);
});

describe('a command', () => {
  const program = new Command();
  administration(program, process);
  const groups = program.commands.map((command) => command.name());

  test.each(['mire', ...groups.map((name) => `mire ${name}`)])(
    'is described without what it does: %s --help',
    (typed) => {
      const { packages, said } = start('src/main.ts', ...typed.split(' ').slice(1), '--help');
      expect(said).toMatch(RegExp(`^Usage: ${typed} `));
      expect(packages).toEqual(['commander']);
    },
  );

  test('is described for a few times what Node.js itself takes of the processor', () => {
    const least = (measure: () => Started) => Math.min(...[1, 2, 3].map(() => measure().cpu));
    const bare = least(() => run(BARE));
    for (const group of [[], ['accounts']]) {
      const described = least(() => start('src/main.ts', ...group, '--help'));
      // Five times as much, or 0.6 s where Node.js itself takes 0.04; all that commands do takes fifty times as much.
      expect(described / bare).toBeLessThan(15);
    }
  });

  test('of accounts that ends no session loads neither the queue, nor the pages, nor the directories', () => {
    const { packages } = start('src/main/accounts.ts');
    expect(packages).toEqual(expect.arrayContaining(['knex', 'pg']));
    for (const name of ['bullmq', 'pug', '@koa/router', 'openid-client', 'ldapts', 'yaml', 'commander'])
      expect(packages).not.toContain(name);
  });
});
