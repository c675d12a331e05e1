import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Edit, Seed } from './seeds.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What the service and its tests are made of. */
const PARTS = [
  'adapters',
  'config',
  'interactions',
  'migrations',
  'src',
  'tests',
  'docs',
  'package.json',
  'jest.config.js',
];

/** @throws when the text does not stand there exactly once: the seed is older than the code. */
export function seeded(text: string, { file, from, to }: Edit): string {
  const [before, after, ...more] = text.split(from);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(
      `"${from}" stands ${text.split(from).length - 1} times in ${file}: say anew what puts the defect back`,
    );
  return before + to + after;
}

/** Every seed fits the code as it is, whether it is sown or not. */
export const fits = ({ edits }: Seed): void => {
  for (const edit of edits) seeded(readFileSync(join(ROOT, edit.file), 'utf8'), edit);
};

export interface Walked {
  readonly passed: boolean;
  readonly message: string;
}

/** Walks the model in a copy of the service that has the defect. */
export async function walkWith({ edits, focus }: Seed, sequences: number): Promise<Walked> {
  const copy = mkdtempSync(join(tmpdir(), 'mire-seeded-'));
  try {
    for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const edit of edits) {
      const file = join(copy, edit.file);
      writeFileSync(file, seeded(readFileSync(file, 'utf8'), edit));
    }
    return await runModel(copy, { MODEL_SEQUENCES: String(sequences), MODEL_FOCUS: JSON.stringify(focus) });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function runModel(rootDir: string, env: Readonly<Record<string, string>>): Promise<Walked> {
  const { project } = (await import(join(rootDir, 'jest.config.js'))) as {
    project(name: string, folders: readonly string[]): Readonly<Record<string, unknown>>;
  };
  const config = { ...project('seeded', ['http/model']), testTimeout: 20 * 60 * 1000 };
  const args = ['node_modules/jest/bin/jest.js', '--config', JSON.stringify(config), '--json', '--runInBand'];
  const said = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { cwd: rootDir, maxBuffer: 1 << 24, env: { ...process.env, MIRE_TEST_COSTS: '', ...env } },
      (error, out, err) => (out.startsWith('{') ? resolve(out) : reject(error ?? new Error(err))),
    );
  });
  const { success, testResults } = JSON.parse(said) as {
    success: boolean;
    testResults: readonly { readonly message: string }[];
  };
  return { passed: success, message: testResults.map(({ message }) => message).join('\n') };
}
