import { Counter, Gauge, type Registry } from 'prom-client';

export interface AuditMetrics {
  sealed(lines: number): void;
  waiting(seconds: number): void;
  failed(): void;
  dropped(tables: number): void;
}

export function createAuditMetrics(registry: Registry): AuditMetrics {
  const registers = [registry];
  const sealed = new Counter({ name: 'mire_audit_sealed_total', help: 'Lines of the audit sealed', registers });
  const waiting = new Gauge({
    name: 'mire_audit_unsealed_seconds',
    help: 'How long the oldest line of the audit has waited for its seal',
    registers,
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
    waiting: (seconds) => waiting.set(seconds),
    failed: () => failed.inc(),
    dropped: (tables) => dropped.inc(tables),
  };
}
