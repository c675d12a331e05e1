import type { Clock } from '../clock.ts';

/** Failures in a row after which nobody is sent there any more, and for how long. */
const THRESHOLD = 3;
const COOL_DOWN = 30_000;
/** How long one answer is taken as a sign that the next one will come. */
const TRUSTED = 30_000;

/** What is down is left alone for a while: people read it on the tab instead of waiting for it, one after the other. */
export interface Breaker {
  /** True while it is left alone. */
  isOpen(): boolean;
  /** True while nobody has seen it answer lately: it is asked before a person is sent there. */
  isDoubtful(): boolean;
  succeeded(): void;
  failed(): void;
}

export function createBreaker(clock: Clock): Breaker {
  let failures = 0;
  let openUntil = 0;
  let seenAt = 0;
  const now = () => clock().getTime();
  return {
    isOpen: () => now() < openUntil,
    isDoubtful: () => failures > 0 || now() - seenAt > TRUSTED,
    succeeded() {
      failures = 0;
      openUntil = 0;
      seenAt = now();
    },
    failed() {
      failures += 1;
      if (failures >= THRESHOLD) openUntil = now() + COOL_DOWN;
    },
  };
}
