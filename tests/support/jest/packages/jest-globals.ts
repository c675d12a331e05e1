/**
 * What `@jest/globals` is in the worker's own realm: whatever jest-circus gave the file that runs. Helpers that are loaded
 * once in a worker serve every file, so each name asks anew.
 */
const GLOBALS = Symbol.for('mire.jest-globals');

type Name = 'afterAll' | 'afterEach' | 'beforeAll' | 'beforeEach' | 'describe' | 'expect' | 'it' | 'jest' | 'test';
type Callable = (...args: unknown[]) => unknown;

function current(name: Name): Callable {
  const globals = Reflect.get(globalThis, GLOBALS) as Record<Name, Callable> | undefined;
  if (!globals) throw new Error('only a file of tests has these');
  return globals[name];
}

const live = (name: Name) =>
  new Proxy((() => undefined) as Callable, {
    apply: (_target, self, args) => Reflect.apply(current(name), self, args),
    get: (_target, key) => Reflect.get(current(name), key),
  });

export const afterAll = live('afterAll');
export const afterEach = live('afterEach');
export const beforeAll = live('beforeAll');
export const beforeEach = live('beforeEach');
export const describe = live('describe');
export const expect = live('expect');
export const it = live('it');
export const jest = live('jest');
export const test = live('test');
