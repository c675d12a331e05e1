import { Counter, Gauge, type Registry } from 'prom-client';
import { ROUNDS, type Round } from '../../config/rounds.ts';

/** What is known of the rounds of a process, by whoever asks for its metrics: a round that hangs says nothing itself. */
export interface RoundWatch {
  /** From here on it is waited for. */
  begun(round: Round): void;
  succeeded(round: Round): void;
  failed(round: Round, how: 'error' | 'hung'): void;
  stopped(round: Round): void;
}

/** @param now seconds of a clock that nobody moves */
export function createRoundWatch(registry: Registry, now: () => number = () => performance.now() / 1000): RoundWatch {
  const registers = [registry];
  const last = new Map<Round, number>();
  new Gauge({
    name: 'mire_round_age_seconds',
    help: 'Since a round of this kind last succeeded in this process, or since the process began it (config/rounds.ts)',
    labelNames: ['round'],
    registers,
    collect() {
      this.reset();
      for (const [round, at] of last) this.set({ round }, now() - at);
    },
  });
  new Gauge({
    name: 'mire_round_late_seconds',
    help: 'The age from which on a round of this kind is late',
    labelNames: ['round'],
    registers,
    collect() {
      this.reset();
      for (const round of last.keys()) this.set({ round }, ROUNDS[round].late);
    },
  });
  const failures = new Counter({
    name: 'mire_round_failures_total',
    help: 'Rounds that failed, or that hung and gave their place up',
    labelNames: ['round', 'how'],
    registers,
  });
  return {
    begun: (round) => last.set(round, last.get(round) ?? now()),
    succeeded: (round) => last.set(round, now()),
    failed: (round, how) => failures.inc({ round, how }),
    stopped: (round) => last.delete(round),
  };
}
