import { readFileSync } from 'node:fs';

/** The licences of what production runs, one package a line: `node tools/licences.ts`. */
const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, { version?: string; license?: string; dev?: boolean; optional?: boolean }>;
};
const lines = Object.entries(packages)
  .filter(([path, { dev, optional }]) => path && !dev && !optional)
  .map(
    ([path, { version, license }]) => `${path.split('node_modules/').at(-1)} ${version}: ${license ?? 'see its files'}`,
  );
process.stdout.write(`${[...new Set(lines)].sort().join('\n')}\n`);
