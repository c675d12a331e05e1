import { Counter, Gauge, type Registry } from 'prom-client';

export interface AuditMetrics {
  sealed(lines: number): void;
  waiting(seconds: number): void;
  failed(): void;
  dropped(tables: number): void;
}

/** Seconds: what was measured is as good as new for so long. */
const FRESH = 30;

/** @param now seconds of a clock that nobody moves */
export function createAuditMetrics(
  registry: Registry,
  now: () => number = () => performance.now() / 1000,
): AuditMetrics {
  const registers = [registry];
  let measured = { seconds: 0, at: now() };
  const sealed = new Counter({ name: 'mire_audit_sealed_total', help: 'Lines of the audit sealed', registers });
  new Gauge({
    name: 'mire_audit_unsealed_seconds',
    help: 'How long the oldest line of the audit has waited for its seal; at most, when nobody could measure it since',
    registers,
    // Asked for by whoever reads the metrics: a round that hangs measures nothing.
    collect() {
      const age = now() - measured.at;
      this.set(measured.seconds + (age > FRESH ? age : 0));
    },
  });
  const failed = new Counter({
    name: 'mire_audit_seal_failures_total',
    help: 'Rounds of sealing that failed',
    registers,
  });
  const dropped = new Counter({
    name: 'mire_audit_dropped_months_total',
    help: 'Tables of the audit dropped at the end of retention',
    registers,
  });
  return {
    sealed: (lines) => sealed.inc(lines),
    waiting(seconds) {
      measured = { seconds, at: now() };
    },
    failed: () => failed.inc(),
    dropped: (tables) => dropped.inc(tables),
  };
}
