import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is made once and serves later runs too: compiled modules, a migrated PGlite. Whoever deletes it loses seconds. */
process.env.MIRE_TEST_KEPT ??= join(tmpdir(), 'mire-tests-kept');
// Node.js looks itself whether a file has changed. Coverage wants modules that it has compiled itself.
if (!process.env.NODE_V8_COVERAGE) process.env.NODE_COMPILE_CACHE ??= join(process.env.MIRE_TEST_KEPT, 'compiled');
// Where each file writes what it cost, for the report at the end.
process.env.MIRE_TEST_COSTS ??= join(tmpdir(), `mire-tests-costs-${process.pid}.jsonl`);

const SUPPORT = '<rootDir>/tests/support/jest';

/** Node.js itself loads the service and the tests, once in a worker: see tests/support/jest/packages/native-runtime.ts. */
export const project = (displayName, folders, more = {}) => ({
  displayName,
  rootDir: import.meta.dirname,
  testMatch: folders.map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`),
  testEnvironment: `${SUPPORT}/native-environment.ts`,
  runtime: `${SUPPORT}/packages/native-runtime.ts`,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  injectGlobals: false,
  ...more,
});

/** What needs a database, a Redis, a browser, or somebody to look for them. */
export const services = { globalSetup: `${SUPPORT}/global-setup.ts`, globalTeardown: `${SUPPORT}/global-teardown.ts` };

export default {
  maxWorkers: Math.min(4, availableParallelism()),
  // Far above what a worker needs: jest begins a worker anew that holds more, which only a leak does.
  workerIdleMemoryLimit: '2GB',
  projects: [
    project('fast', ['unit']),
    project('service', ['http', 'contract', 'migrations', 'processes'], services),
    project('browser', ['browser'], services),
    project('fault', ['fault'], services),
    project('slow', ['slow'], services),
  ],
  reporters: ['default', `${SUPPORT}/costs-reporter.ts`],
  // A safety net: no test is as slow as that, on a machine at a quarter of the speed either.
  testTimeout: 300_000,
};
