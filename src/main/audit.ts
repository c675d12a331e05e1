import { once } from 'node:events';
import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createCheckpointKey } from '../audit/checkpoint-key.ts';
import { EXPORT_FORMATS, type ExportFormat, exported } from '../audit/export.ts';
import type { ChainEnd } from '../audit/sealing.ts';
import { verifyAudit } from '../audit/verification.ts';
import { CommandError } from './command-error.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

export interface ExportOptions {
  readonly format: string;
  readonly since?: string;
  readonly until?: string;
}

function moment(text: string | undefined, option: string): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw new CommandError(`${option} is a date, such as 2026-11-01 or 2026-11-01T08:00Z.`);
  return date;
}

function chainEnd(text: string | undefined): ChainEnd | undefined {
  if (text === undefined) return undefined;
  const [, position, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!position || !hash) throw new CommandError('--head is <position>:<hash>, as an earlier verification printed it.');
  return { position: BigInt(position), hash: Buffer.from(hash, 'hex') };
}

export const verify = (terminal: Terminal, { head }: { head?: string }) =>
  withParts(terminal, async ({ database, vault }) => {
    const verdict = await verifyAudit(createAuditLines(database), createCheckpointKey(vault), chainEnd(head));
    print(terminal, verdict);
    if (!verdict.ok) terminal.exitCode = 1;
  });

export const exportLines = (terminal: Terminal, { format, since, until }: ExportOptions) =>
  withParts(terminal, async ({ database }) => {
    if (!EXPORT_FORMATS.some((one) => one === format))
      throw new CommandError(`--format is one of ${EXPORT_FORMATS.join(', ')}.`);
    const { stdout } = terminal;
    for await (const line of createAuditLines(database).lines(moment(since, '--since'), moment(until, '--until'))) {
      // Whoever reads may be slower than the database.
      if (!stdout.write(`${exported(line, format as ExportFormat)}\n`)) await once(stdout, 'drain');
    }
  });

export const publicKey = (terminal: Terminal) =>
  withParts(terminal, async ({ vault }) => print(terminal, createCheckpointKey(vault).publicKey.trim()));
