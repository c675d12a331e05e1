import type { Circus } from '@jest/types';

const made: TestTimedOut[] = [];

/**
 * A helper of the tests waited long enough. It is the safety net and never what a test is about: a test that expects a
 * rejection, and gets this one, has not seen what it says. So a test in which one was made fails, caught or not.
 */
export class TestTimedOut extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TestTimedOut';
    made.push(this);
  }
}

/** For the environment of the tests: fails a test that passed although a helper gave up waiting in it. */
export function failWhereHelpersTimedOut(event: Circus.Event): void {
  if (event.name !== 'test_done') return;
  const { errors } = event.test;
  for (const { message, stack } of made.splice(0)) {
    if (errors.length > 0) continue;
    const error = new Error(`a helper of this test waited in vain, and the test took that for its result: ${message}`);
    error.stack = `${error.message}\n${stack ?? ''}`;
    errors.push(error);
  }
}
