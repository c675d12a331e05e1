import type { Command } from 'commander';
import { EXPORT_FORMATS } from '../../audit/export.ts';
import type { ExportOptions } from '../audit.ts';
import type { Terminal } from '../terminal.ts';

const work = () => import('../audit.ts');

/** `mire audit …`: what happened, and the proof that it is whole. */
export function auditCommands(program: Command, terminal: Terminal): void {
  const audit = program.command('audit').description('what happened, and the proof that it is whole');

  audit
    .command('verify')
    .description('checks every line, seal and signature; ends with 1 when something is wrong')
    .option('--head <position:hash>', 'an end of the chain that was kept elsewhere')
    .action(async (options: { head?: string }) => (await work()).verify(terminal, options));

  audit
    .command('export')
    .description('one line of text for each line of the audit')
    .option('--format <format>', EXPORT_FORMATS.join(', '), 'jsonl')
    .option('--since <date>', 'the first moment')
    .option('--until <date>', 'the moment before which it ends')
    .action(async (options: ExportOptions) => (await work()).exportLines(terminal, options));

  audit
    .command('key')
    .description('the public key that checks the signatures of the audit')
    .action(async () => (await work()).publicKey(terminal));
}
