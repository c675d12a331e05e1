import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const ROOMS = ['config', 'src', 'interactions', 'adapters', 'migrations'];
const REGISTRY = 'interactions/registry.ts';
const MODES = globSync('interactions/modes/*/', { cwd: ROOT }).map((path) => path.split('/').at(-1) ?? '');

describe('deleted modes', () => {
  let copy = '';
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'mire-mode-'));
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
    const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as {
      compilerOptions: object;
    };
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ROOMS }));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  // All at once: a mode never imports another (architecture.test.ts), so none of them can be needed by one that is left.
  test('without any folder of a mode and its registry line, the product type-checks', () => {
    for (const room of ROOMS) cpSync(join(ROOT, room), join(copy, room), { recursive: true });
    for (const mode of MODES) rmSync(join(copy, 'interactions/modes', mode), { recursive: true });
    expect(typeErrors(copy)).toContain(REGISTRY);
    const registry = readFileSync(join(copy, REGISTRY), 'utf8');
    writeFileSync(join(copy, REGISTRY), MODES.reduce(withoutMode, registry));
    expect(typeErrors(copy)).toBe('');
  });
});

/** The import of the mode and the line that lists it, gone. */
function withoutMode(registry: string, mode: string): string {
  const imported = new RegExp(`^import \\{ (\\w+) \\} from './modes/${mode}/.*\\n`, 'm').exec(registry);
  if (!imported) throw new Error(`${REGISTRY} does not import ${mode} in one line`);
  const [line, name = ''] = imported;
  return registry.replace(line, '').replace(new RegExp(`(?<=[\\s[])${name}(?:\\([^)]*\\))?,?\\s*(?=[\\w\\]])`), '');
}

/** What the compiler says, empty when it has nothing to say. */
function typeErrors(folder: string): string {
  try {
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    return execFileSync(process.execPath, [compiler, '--noEmit'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout ?? error);
  }
}
