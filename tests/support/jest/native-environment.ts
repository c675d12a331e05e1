import { takeCoverage } from 'node:v8';
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import type { Circus } from '@jest/types';
import { ModuleMocker } from 'jest-mock';
import { childrenTime, noteCost, ownTime, startsSoFar } from './costs.ts';
import { type Realm, remember } from './realm.ts';
import { failWhereHelpersTimedOut } from './timed-out.ts';

let filesBefore = 0;

/** Where a file of tests runs: the worker's own realm, which must be found again as it was. */
export default class NativeEnvironment {
  /** What jest writes on what it takes for the file's own global object. */
  readonly global: Record<string | symbol, unknown> = {};
  readonly moduleMocker = new ModuleMocker(globalThis);
  readonly fakeTimers = null;
  readonly fakeTimersModern = null;
  readonly #file: { readonly path: string; readonly project: string };
  #realm: Realm | undefined;
  #began = { own: 0, children: 0, starts: 0 };

  constructor({ projectConfig }: JestEnvironmentConfig, { testPath }: EnvironmentContext) {
    this.#file = { path: testPath, project: projectConfig.displayName?.name ?? '' };
  }

  getVmContext(): null {
    return null;
  }

  exportConditions(): string[] {
    return ['node', 'node-addons'];
  }

  async setup(): Promise<void> {
    // Jest asks for a hundred frames of every error, and the service makes many that nobody reads.
    Error.stackTraceLimit = 25;
    this.#began = { own: ownTime(), children: childrenTime(), starts: startsSoFar() };
  }

  async handleTestEvent(event: Circus.Event, state: Circus.State): Promise<void> {
    // What it imports is there by then, with what libraries add to the language (reflect-metadata).
    if (event.name === 'run_start') this.#realm = remember();
    failWhereHelpersTimedOut(event);
    if (event.name !== 'run_finish') return;
    for (const left of this.#realm?.restore() ?? []) state.unhandledErrors.push(new Error(`this file left ${left}`));
  }

  async teardown(): Promise<void> {
    this.#realm?.restore();
    // Jest may end a worker before it has written what ran in it.
    if (process.env.NODE_V8_COVERAGE) takeCoverage();
    const { own, children, starts } = this.#began;
    noteCost({
      ...this.#file,
      own: ownTime() - own,
      children: childrenTime() - children,
      before: filesBefore++,
      started: startsSoFar() - starts,
    });
  }
}
