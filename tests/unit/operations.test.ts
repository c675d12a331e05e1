import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { alert: string; expr: string; annotations: { runbook: string } }[];
  }[];
}
const rules = (parse(read('deploy/prometheus/mire.rules.yml')) as Rules).groups.flatMap((group) => group.rules);
const board = JSON.parse(read('deploy/grafana/mire.json')) as { panels: { targets: { expr: string }[] }[] };

describe('alarms and the board', () => {
  const sources = globSync('src/**/*.ts', { cwd: ROOT }).map(read).join('\n');
  const known = new Set([...sources.matchAll(/name: '(mire_\w+)'/g)].map(([, name]) => name));
  const used = (expressions: readonly string[]) =>
    [...new Set(expressions.flatMap((text) => [...text.matchAll(/\bmire_\w+/g)].map(([name]) => name)))].map((name) =>
      name.replace(/_(?:bucket|count|sum)$/, ''),
    );

  test('ask for metrics that Mire has', () => {
    const asked = used([
      ...rules.map(({ expr }) => expr),
      ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ]);
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  test('each alarm has its runbook', () => {
    const headings = [...read('docs/operations.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(rules.map(({ alert }) => alert).sort()).toEqual(headings.sort());
    for (const { alert, annotations } of rules)
      expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  });
});

describe('packages', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<
      string,
      { license?: string; dev?: boolean; hasInstallScript?: boolean; optional?: boolean; version?: string }
    >;
  };
  const packages = Object.entries(lock.packages).filter(([path]) => path.startsWith('node_modules/'));

  test('run no script when they are installed, but these, which only choose or build what speeds others up', () => {
    const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
    expect(scripted).toEqual(['node_modules/@parcel/watcher', 'node_modules/msgpackr-extract']);
  });

  test('have licences that go with ours', () => {
    const allowed =
      /^(?:MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|MPL-2\.0|CC-BY-4\.0|CC0-1\.0|Unlicense|Python-2\.0|EUPL-1\.[12]\+?)$/;
    const wrong = packages
      // The builds of one package for other platforms carry its licence.
      .filter(([, { license, optional }]) => license !== undefined || !optional)
      .filter(
        ([, { license = 'none' }]) =>
          !license
            .replaceAll(/[()]/g, '')
            .split(/ OR /)
            .some((one) => allowed.test(one.replace('1.1+', '1.1'))),
      )
      .map(([path, { license }]) => `${path}: ${license}`);
    expect(wrong).toEqual([]);
  });
});
