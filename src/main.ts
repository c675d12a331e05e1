import { Command } from 'commander';
import { ZodError } from 'zod';
import { readSettings, type Settings, SettingsError } from '../config/settings.ts';
import { ConfigError } from './http/errors.ts';
import { createLog, type Log } from './log.ts';
import type { Parts } from './main/parts.ts';
import { stopWith } from './main/stop.ts';
import { sandboxSecrets } from './sandbox/secrets.ts';

/** Wrong settings: EX_CONFIG of sysexits.h, so that a platform does not restart for ever. */
const EX_CONFIG = 78;

const program = new Command('mire').description('Sign-in service of a regional health platform');
const print = (value: unknown) =>
  process.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`);

function settled(): { settings: Settings; log: Log } {
  const settings = readSettings(process.env, sandboxSecrets);
  return { settings, log: createLog(settings.LOG_LEVEL) };
}

/** For commands: the database in force, also the one of a sandbox that runs. */
async function withParts(body: (parts: Parts) => Promise<void>): Promise<void> {
  const [{ migrate }, { openOrConnect }, { openParts }] = await Promise.all([
    import('../adapters/db/migrate.ts'),
    import('../adapters/db/pglite.ts'),
    import('./main/parts.ts'),
  ]);
  const settings = readSettings(process.env, sandboxSecrets);
  const log = createLog('warn');
  const pglite = settings.DATABASE_URL ? undefined : await openOrConnect(settings.DATA_DIR);
  const databaseUrl = settings.DATABASE_URL ?? pglite?.url ?? '';
  const parts = await openParts({ settings, log, databaseUrl, singleSession: pglite !== undefined });
  try {
    if (pglite?.owned) await migrate(parts.database, databaseUrl, true);
    await body(parts);
  } finally {
    await parts.close();
    await pglite?.stop();
  }
}

program
  .command('sandbox')
  .description('everything in one process, every outside party simulated')
  .action(async () => {
    const { settings, log } = settled();
    if (settings.MIRE_ENV === 'production') throw new ConfigError('MIRE_ENV: the sandbox does not run in production');
    const { startSandbox } = await import('./main/sandbox.ts');
    const sandbox = await startSandbox(settings, log);
    print(`Mire is ready: ${settings.ISSUER}\nEverything to try it with: ${settings.ISSUER}/sandbox`);
    stopWith(log, () => sandbox.close());
  });

program
  .command('conformance')
  .description("the sandbox as the OpenID Foundation's suite needs it; writes the suite's configuration")
  .option('--files <folder>', 'where the configuration is written', 'tests/conformance')
  .action(async ({ files }: { files: string }) => {
    const { settings, log } = settled();
    const { startConformance, writeConformanceFiles } = await import('./main/conformance.ts');
    const sandbox = await startConformance(settings, log);
    const written = await writeConformanceFiles(sandbox.settings.ISSUER, files);
    print(`Mire is ready for the suite: ${sandbox.settings.ISSUER}\nIn ${files}: ${written.join(', ')}`);
    stopWith(log, () => sandbox.close());
  });

program
  .command('serve')
  .description('the web process')
  .action(async () => {
    const { settings, log } = settled();
    const { serve } = await import('./main/serve.ts');
    return serve(settings, log);
  });

program
  .command('work')
  .description('the worker, which sends mail and SMS')
  .action(async () => {
    const { settings, log } = settled();
    const { work } = await import('./main/work.ts');
    return work(settings, log);
  });

program
  .command('migrate')
  .description('brings the database up to date; safe when several do it at once')
  .action(async () => {
    const { settings, log } = settled();
    const { migrateNow } = await import('./main/process.ts');
    return migrateNow(settings, log);
  });

program
  .command('settings')
  .description('what is in force, secrets masked')
  .action(async () => {
    const { settingsReport } = await import('./main/settings.ts');
    print(settingsReport(readSettings(process.env, sandboxSecrets)));
  });

// A process that serves has no use for the commands of administrators, and starts sooner without them.
if (!['serve', 'work'].includes(process.argv[2] ?? '')) {
  const { administration } = await import('./main/administration.ts');
  administration(program, withParts, print);
}

try {
  await program.parseAsync();
} catch (error) {
  // What an operator can mend is a sentence; anything else keeps its stack.
  const known = error instanceof SettingsError || error instanceof ConfigError;
  const sentence = known || ['CommandError', 'AlreadyRunning', 'ChangedMeanwhile'].includes((error as Error).name);
  const text =
    error instanceof ZodError
      ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
      : undefined;
  process.stderr.write(
    `${text ?? (sentence ? (error as Error).message : ((error as Error).stack ?? String(error)))}\n`,
  );
  process.exit(known ? EX_CONFIG : 1);
}
