import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ModuleMocker } from 'jest-mock';

/**
 * What jest loads for a file of tests is loaded by Node.js itself, in the worker's own realm: the service's modules and
 * its libraries once in a worker, not once in a file (4.3 s of processor each). jest-circus runs the tests, as ever.
 * What a file must not leave behind is the business of realm.ts.
 *
 * Of a path with `jest/packages` jest shows no frame: what is wrong is in the test.
 */
const GLOBALS = Symbol.for('mire.jest-globals');
/** Where jest-circus keeps its listeners: those of the last file have no business in the next one. */
const HANDLERS = Symbol.for('EVENT_HANDLERS');

const require = createRequire(import.meta.url);
const { default: JestRuntime } = require('jest-runtime') as typeof import('jest-runtime');
const own = new URL('./jest-globals.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals'
      ? { url: own, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});

class NativeRuntime extends JestRuntime {
  /** jest-circus anew for each file: it keeps what it was told to run. */
  override requireInternalModule<T>(from: string): T {
    delete require.cache[from];
    Reflect.deleteProperty(globalThis, HANDLERS);
    return require(from) as T;
  }

  override setGlobalsForRuntime(globals: object): void {
    const jest = { ...this.mocking() };
    Reflect.set(globalThis, GLOBALS, { ...globals, jest });
  }

  override unstable_shouldLoadAsEsm(): boolean {
    return true;
  }

  override async unstable_importModule(path: string): Promise<never> {
    return (await import(pathToFileURL(path).href)) as never;
  }

  /** The little of the `jest` object that a test without mocks needs. */
  private mocking() {
    const mocker = new ModuleMocker(globalThis);
    return {
      fn: mocker.fn.bind(mocker),
      spyOn: mocker.spyOn.bind(mocker),
      restoreAllMocks: () => mocker.restoreAllMocks(),
      clearAllMocks: () => mocker.clearAllMocks(),
    };
  }
}

// jest `require`s its runtime.
export { NativeRuntime as 'module.exports' };
