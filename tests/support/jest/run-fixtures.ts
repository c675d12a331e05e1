import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The one place that says how jest runs our files. */
const { project } = (await import(new URL('../../../jest.config.js', import.meta.url).href)) as {
  project(name: string, folders: readonly string[]): Readonly<Record<string, unknown>>;
};

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface FixtureResult {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  /** What jest says of the file. */
  readonly message: string;
  readonly tests: readonly FixtureTest[];
}

export interface FixtureTest {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly message: string;
    readonly assertionResults: readonly FixtureTest[];
  }[];
}

/** Runs files of tests/support/jest/fixtures as jest runs ours: by name, in one process. */
export async function runFixtures(...names: readonly string[]): Promise<FixtureResult[]> {
  const config = {
    ...project('fixtures', []),
    rootDir: ROOT,
    testMatch: names.map((name) => `<rootDir>/tests/support/jest/fixtures/${name}.ts`),
    testSequencer: '<rootDir>/tests/support/jest/fixtures/in-order.ts',
  };
  const said = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      ['node_modules/jest/bin/jest.js', '--config', JSON.stringify(config), '--json', '--runInBand'],
      { cwd: ROOT, maxBuffer: 1 << 24, env: { ...process.env, MIRE_TEST_COSTS: '' } },
      (error, out, err) => (out.startsWith('{') ? resolve(out) : reject(error ?? new Error(err))),
    );
  });
  const { testResults } = JSON.parse(said) as Report;
  return testResults.map(({ name, status, message, assertionResults }) => ({
    name: name.slice(name.lastIndexOf('/') + 1, -'.ts'.length),
    status,
    message,
    tests: assertionResults,
  }));
}
