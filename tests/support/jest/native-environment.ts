import type { Circus } from '@jest/types';
import { ModuleMocker } from 'jest-mock';
import { type Realm, remember } from './realm.ts';

/** Where a file of tests runs: the worker's own realm, which must be found again as it was. */
export default class NativeEnvironment {
  /** What jest writes on what it takes for the file's own global object. */
  readonly global: Record<string | symbol, unknown> = {};
  readonly moduleMocker = new ModuleMocker(globalThis);
  readonly fakeTimers = null;
  readonly fakeTimersModern = null;
  #realm: Realm | undefined;

  getVmContext(): null {
    return null;
  }

  exportConditions(): string[] {
    return ['node', 'node-addons'];
  }

  async setup(): Promise<void> {
    // Jest asks for a hundred frames of every error, and the service makes many that nobody reads.
    Error.stackTraceLimit = 25;
  }

  async handleTestEvent(event: Circus.Event, state: Circus.State): Promise<void> {
    // What it imports is there by then, with what libraries add to the language (reflect-metadata).
    if (event.name === 'run_start') this.#realm = remember();
    if (event.name !== 'run_finish') return;
    for (const left of this.#realm?.restore() ?? []) state.unhandledErrors.push(new Error(`this file left ${left}`));
  }

  async teardown(): Promise<void> {
    this.#realm?.restore();
  }
}
