import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { administration } from '../../src/main/commands/administration.ts';
import { roleCommands } from '../../src/main/commands/roles.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const markdown = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...markdown('docs')];

/** The anchor that a heading gets where such pages are read. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string) => [...page.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => anchor(heading));

describe('the documents', () => {
  test.each(PAGES)('%s: every link leads to something', (name) => {
    const links = [...read(name).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [path = '', heading] = link.split('#');
      const target = path === '' ? name : join(dirname(name), path);
      if (!existsSync(join(ROOT, target))) return true;
      return heading !== undefined && !anchorsOf(read(target)).includes(heading);
    });
    expect(broken).toEqual([]);
  });

  test('every page of docs stands in the index by reader', () => {
    const index = read('docs/README.md');
    const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(pages.filter((name) => !index.includes(`](${name})`))).toEqual([]);
    const decisions = read('docs/decisions/README.md');
    const decided = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');
    expect(decided.filter((name) => !decisions.includes(`](${name})`))).toEqual([]);
  });

  test.each(markdown('docs/decisions').filter((name) => !name.endsWith('README.md')))(
    '%s says the context, the choice and its price, and names files that are there',
    (name) => {
      const page = read(name);
      for (const part of ['**Context.** ', '**Choice.** ', '**Price.** ']) expect(page).toContain(part);
      const named = [...page.matchAll(/`((?:src|interactions|adapters|config|tests)\/[^`]*)`/g)].map(
        ([, path = '']) => path,
      );
      expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    },
  );

  test('every runtime dependency has its line, and every line is of one', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const cells = [...read('CONTRIBUTING.md').matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell.trim());
    const named = cells
      .filter((cell) => /^[@a-z]/.test(cell) && cell !== 'runtime dependency')
      .flatMap((cell) => cell.split(/ · |, /))
      .map((name) => name.trim());
    expect([...named].sort()).toEqual(Object.keys(dependencies).sort());
  });

  test('every command stands in docs/commands.md', () => {
    const program = new Command();
    const terminal = process as never;
    roleCommands(program, terminal);
    administration(program, terminal);
    const page = read('docs/commands.md');
    const names = program.commands.map((command) => command.name());
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !new RegExp(`\`${name}[ \`]`).test(page))).toEqual([]);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const said = (script: string) => new RegExp(`npm (?:run )?(?:-s )?${script}[ \`]`).test(page);
    expect(Object.keys(scripts).filter((script) => !said(script))).toEqual([]);
  });
});
