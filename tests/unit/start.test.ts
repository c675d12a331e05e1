import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Names the packages that a process has loaded once it has imported a file of ours. */
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
  console.log(JSON.stringify([...packages]));
  process.exit();`;

const loadedBy = (file: string): string[] =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', LOADED, `${ROOT}${file}`], { encoding: 'utf8' }),
  ) as string[];

test('a web process starts without what few of its requests need, nor the worker, nor the commands', () => {
  const packages = loadedBy('src/main/serve.ts');
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
