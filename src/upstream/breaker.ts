import type { Clock } from '../clock.ts';

/** Failures in a row after which nobody is sent there any more, and for how long. */
const THRESHOLD = 3;
const COOL_DOWN = 30_000;

/** What is down is left alone for a while: people read it on the tab instead of waiting for it, one after the other. */
export interface Breaker {
  /** True while it is left alone. */
  isOpen(): boolean;
  /** True after failures, until somebody has seen it answer again: the next one asks it first. */
  isDoubtful(): boolean;
  succeeded(): void;
  failed(): void;
}

export function createBreaker(clock: Clock): Breaker {
  let failures = 0;
  let openUntil = 0;
  return {
    isOpen: () => clock().getTime() < openUntil,
    isDoubtful: () => failures >= THRESHOLD,
    succeeded() {
      failures = 0;
      openUntil = 0;
    },
    failed() {
      failures += 1;
      if (failures >= THRESHOLD) openUntil = clock().getTime() + COOL_DOWN;
    },
  };
}
