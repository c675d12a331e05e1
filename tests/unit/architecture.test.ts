import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const ROOMS = ['config', 'src', 'interactions', 'adapters', 'migrations'];
/** These wire the rooms together: the only files that see them all. */
const isWiring = (file: string) => file === 'src/main.ts' || file.startsWith('src/main/');
const within = (folder: string) => (file: string) => file.startsWith(`${folder}/`);

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const SOURCES = globSync(`{${ROOMS.join(',')}}/**/*.ts`, { cwd: ROOT }).sort();

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Every import or re-export of a file of ours, static or dynamic; `to` is a path from the root. */
function arrowsOf(file: string, source: string): Arrow[] {
  const statements = source.matchAll(
    /\b(?:import|export)\s+(type\s)?[^;'"]*?\bfrom\s*'(\.[^']+)'|\bimport\s*\(?\s*'(\.[^']+)'/g,
  );
  return [...statements].map(([, type, named, bare]) => ({
    from: file,
    to: relative(ROOT, join(ROOT, dirname(file), named ?? bare ?? '')),
    typeOnly: type !== undefined,
  }));
}

const ARROWS = SOURCES.flatMap((file) => arrowsOf(file, read(file)));
const modeOf = (file: string) => /^interactions\/modes\/([^/]+)\//.exec(file)?.[1];
const said = (arrows: readonly Arrow[]) => arrows.map(({ from, to }) => `${from} → ${to}`);

/** What a room may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: [],
  migrations: [],
  src: ['config'],
  interactions: ['src', 'config'],
  adapters: ['src', 'config'],
};

test('the reader of imports sees every form an import takes', () => {
  const source = `
    import type { A } from './a.ts';
    import { type B, c } from '../config/b.ts';
    import {
      d,
    } from './d.ts';
    import './e.ts';
    export { f } from './f.ts';
    const g = await import('./g.ts');
    import { h } from 'koa';`;
  expect(arrowsOf('src/x.ts', source)).toEqual(
    ['src/a.ts', 'config/b.ts', 'src/d.ts', 'src/e.ts', 'src/f.ts', 'src/g.ts'].map((to) => ({
      from: 'src/x.ts',
      to,
      typeOnly: to === 'src/a.ts',
    })),
  );
  expect(ARROWS.length).toBeGreaterThan(200);
});

describe('arrows', () => {
  test.each(Object.entries(MAY_IMPORT))('%s imports of ours nothing but %j', (room, rooms) => {
    const seen = ARROWS.filter(({ from }) => within(room)(from) && !isWiring(from));
    expect(said(seen.filter(({ to }) => ![room, ...rooms].some((one) => within(one)(to))))).toEqual([]);
  });

  test('nothing imports the wiring but the wiring', () => {
    expect(said(ARROWS.filter(({ from, to }) => isWiring(to) && !isWiring(from)))).toEqual([]);
  });

  test('a mode never imports another mode', () => {
    const crossing = ARROWS.filter(({ from, to }) => modeOf(from) && modeOf(to) && modeOf(from) !== modeOf(to));
    expect(said(crossing)).toEqual([]);
  });

  test('a mode is named by the registry alone', () => {
    const named = ARROWS.filter(({ from, to }) => modeOf(to) && modeOf(from) === undefined);
    expect(named.length).toBeGreaterThan(0);
    expect(said(named.filter(({ from }) => from !== 'interactions/registry.ts'))).toEqual([]);
  });

  test('the sandbox is wired by main alone; its pages may name its types', () => {
    const entering = ARROWS.filter(({ from, to }) => within('src/sandbox')(to) && !within('src/sandbox')(from));
    const allowed = ({ from, typeOnly }: Arrow) => isWiring(from) || (typeOnly && within('interactions/sandbox')(from));
    expect(said(entering.filter((arrow) => !allowed(arrow)))).toEqual([]);
  });

  test('the environment is read by the settings and the wiring alone', () => {
    const readers = SOURCES.filter((file) => /\bprocess\s*\.\s*env\b/.test(code(read(file))));
    expect(readers.filter((file) => file !== 'config/settings.ts' && !isWiring(file))).toEqual([]);
  });
});

/** The source without its comments, which may speak of what the code must not do. */
const code = (source: string) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  .toString()
  .split('\0')
  .filter((file) => file && statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile());

describe('files', () => {
  test('no TypeScript, view or style sheet is over 300 lines', () => {
    // A table of codes, made by tools/nomenclatures.ts, is as long as its source.
    const long = listed
      .filter((file) => /\.(?:ts|js|cjs|pug|css)$/.test(file) && file !== 'config/nomenclatures.ts')
      .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  test('are named after what they are, in kebab-case', () => {
    const vague = /(?:^|[/.-])(?:utils?|helpers?|common|misc|managers?|services?)(?:[/.-]|$)/;
    expect(SOURCES.filter((file) => vague.test(file))).toEqual([]);
    // A migration carries its time of writing, and underscores as knex writes them.
    const kebab = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)+(?:\d{8}T\d{4}_[a-z0-9_]+|[a-z0-9]+(?:-[a-z0-9]+)*)\.ts$/;
    expect(SOURCES.filter((file) => !kebab.test(file))).toEqual([]);
  });

  test('there is no barrel and no default export', () => {
    const onlyReexports = (source: string) => {
      const rest = source.replace(/\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*'[^']+';/g, '');
      return rest !== source && rest.trim() === '';
    };
    expect(onlyReexports("export { a } from './a.ts';\nexport * from './b.ts';\n")).toBe(true);
    expect(SOURCES.filter((file) => onlyReexports(code(read(file))) || /(?:^|\/)index\.ts$/.test(file))).toEqual([]);
    expect(SOURCES.filter((file) => /^export default\b/m.test(read(file)))).toEqual([]);
  });

  test('name no path of the machine they were written on', () => {
    const text = listed.filter((file) => !/\.(?:png|jpe?g|ico|woff2?)$/.test(file));
    const path = /(?<![\w.$:-])\/(?:work|root|Users|home\/\w+)\/[\w.-]/;
    expect(path.test('see /wo'.concat('rk/main'))).toBe(true);
    expect(text.filter((file) => path.test(read(file)))).toEqual([]);
  });

  test('only the folders of the design stand at the top', () => {
    const folders = [...new Set(listed.filter((file) => file.includes('/')).map((file) => file.split('/')[0] ?? ''))];
    const design = ['.ci', ...ROOMS, 'deploy', 'docs', 'tests', 'tools'];
    expect(folders.filter((folder) => !design.includes(folder))).toEqual([]);
  });
});

interface Locked {
  readonly resolved?: string;
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('the lock file', () => {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
  const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };

  test('names no registry host', () => {
    expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.startsWith('http'))).toEqual([]);
  });

  test('holds the builds for every platform, or npm ci refuses it (else: node tools/lock.ts)', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !lock.packages[`${path}/node_modules/${name}`] && !lock.packages[`node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  test('pins one Node.js 24 for every platform of the manifest', () => {
    const versions = Object.keys(optionalDependencies).map((name) => lock.packages[`node_modules/${name}`]?.version);
    expect(versions.length).toBeGreaterThan(2);
    expect(new Set(versions)).toEqual(new Set(Object.values(optionalDependencies)));
    expect(new Set(versions).size).toBe(1);
    expect(versions[0]).toMatch(/^24\./);
  });
});
