import { availableParallelism } from 'node:os';

/** Jest runs the TypeScript as Node.js does: types stripped, native ES modules, nothing compiled. */
const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/support/strip-types.cjs' },
  ...extra,
});

export default {
  // Each worker may hold a PGlite and a whole service: more of them wait for memory, not for the processor.
  maxWorkers: Math.min(4, availableParallelism()),
  // Native modules of a file that has ended are not given back: after some forty files a worker begins anew.
  workerIdleMemoryLimit: '1GB',
  projects: ['unit', 'http', 'contract', 'migrations', 'browser', 'fault'].map((name) => project(name)),
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  testTimeout: 60_000,
};
