import { once } from 'node:events';
import type { Command } from 'commander';
import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createCheckpointKey } from '../audit/checkpoint-key.ts';
import { EXPORT_FORMATS, type ExportFormat, exported } from '../audit/export.ts';
import type { ChainEnd } from '../audit/sealing.ts';
import { verifyAudit } from '../audit/verification.ts';
import { CommandError } from './accounts.ts';
import type { Parts } from './parts.ts';

type WithParts = (work: (parts: Parts) => Promise<void>) => Promise<void>;
type Print = (value: unknown) => void;

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

/** `mire audit …`: what happened, and the proof that it is whole. */
export function auditCommands(program: Command, withParts: WithParts, print: Print): void {
  const audit = program.command('audit').description('what happened, and the proof that it is whole');

  audit
    .command('verify')
    .description('checks every line, seal and signature; ends with 1 when something is wrong')
    .option('--head <position:hash>', 'an end of the chain that was kept elsewhere')
    .action(({ head }: { head?: string }) =>
      withParts(async ({ database, vault }) => {
        const verdict = await verifyAudit(createAuditLines(database), createCheckpointKey(vault), chainEnd(head));
        print(verdict);
        if (!verdict.ok) process.exitCode = 1;
      }),
    );

  audit
    .command('export')
    .description('one line of text for each line of the audit')
    .option('--format <format>', EXPORT_FORMATS.join(', '), 'jsonl')
    .option('--since <date>', 'the first moment')
    .option('--until <date>', 'the moment before which it ends')
    .action(({ format, since, until }: { format: string; since?: string; until?: string }) =>
      withParts(async ({ database }) => {
        if (!EXPORT_FORMATS.some((one) => one === format))
          throw new CommandError(`--format is one of ${EXPORT_FORMATS.join(', ')}.`);
        const lines = createAuditLines(database).lines(moment(since, '--since'), moment(until, '--until'));
        for await (const line of lines) {
          // Whoever reads may be slower than the database.
          if (!process.stdout.write(`${exported(line, format as ExportFormat)}\n`)) await once(process.stdout, 'drain');
        }
      }),
    );

  audit
    .command('key')
    .description('the public key that checks the signatures of the audit')
    .action(() => withParts(async ({ vault }) => print(createCheckpointKey(vault).publicKey.trim())));
}
