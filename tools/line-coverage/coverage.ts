import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addRun, type Lines } from './lines.ts';

/** Runs tests, and says which share of the lines of each room ran, in all the processes that the tests started. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = ['src', 'interactions', 'adapters', 'config', 'migrations'];
const [output, ...args] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'mire-coverage-'));
const run = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...args], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, NODE_V8_COVERAGE: folder },
});

const lines: Lines = new Map();
for (const path of globSync(
  ROOMS.map((room) => `${room}/**/*.ts`),
  { cwd: ROOT },
))
  lines.set(
    join(ROOT, path),
    readFileSync(join(ROOT, path), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(() => false),
  );
addRun(lines, folder, (path) => lines.has(path));
rmSync(folder, { recursive: true });

for (const room of ROOMS) {
  const all = [...lines].filter(([path]) => path.startsWith(join(ROOT, room, '/'))).flatMap(([, ran]) => ran);
  const ran = all.filter(Boolean).length;
  process.stdout.write(`${room.padEnd(14)}${((100 * ran) / all.length).toFixed(2)} %  ${ran} of ${all.length} lines\n`);
}
if (output)
  writeFileSync(
    output,
    JSON.stringify(Object.fromEntries([...lines].map(([path, ran]) => [path.slice(ROOT.length), ran]))),
  );
process.exit(run.status ?? 1);
