import { Command } from 'commander';
import { ZodError } from 'zod';
import { migrate } from '../adapters/db/migrate.ts';
import { openOrConnect } from '../adapters/db/pglite.ts';
import { readSettings, type Settings, SettingsError } from '../config/settings.ts';
import { ConfigError } from './http/errors.ts';
import { createLog, type Log } from './log.ts';
import { accountCommands, CommandError } from './main/accounts.ts';
import { auditCommands } from './main/audit.ts';
import { clientCommands } from './main/clients.ts';
import { startConformance, writeConformanceFiles } from './main/conformance.ts';
import { integratorCommands } from './main/integrators.ts';
import { invitationCommand } from './main/invitations.ts';
import { keyCommands } from './main/keys.ts';
import { openParts, type Parts } from './main/parts.ts';
import { migrateNow, serve, work } from './main/processes.ts';
import { registrationTokenCommand } from './main/registration-token.ts';
import { startSandbox } from './main/sandbox.ts';
import { settingsReport } from './main/settings.ts';
import { stopWith } from './main/stop.ts';
import { structureCommands } from './main/structure-commands.ts';
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
    const sandbox = await startConformance(settings, log);
    const written = await writeConformanceFiles(sandbox.settings.ISSUER, files);
    print(`Mire is ready for the suite: ${sandbox.settings.ISSUER}\nIn ${files}: ${written.join(', ')}`);
    stopWith(log, () => sandbox.close());
  });

program
  .command('serve')
  .description('the web process')
  .action(() => {
    const { settings, log } = settled();
    return serve(settings, log);
  });

program
  .command('work')
  .description('the worker, which sends mail and SMS')
  .action(() => {
    const { settings, log } = settled();
    return work(settings, log);
  });

program
  .command('migrate')
  .description('brings the database up to date; safe when several do it at once')
  .action(() => {
    const { settings, log } = settled();
    return migrateNow(settings, log);
  });

program
  .command('settings')
  .description('what is in force, secrets masked')
  .action(() => {
    print(settingsReport(readSettings(process.env, sandboxSecrets)));
  });

registrationTokenCommand(program, withParts, print);
accountCommands(program, withParts, print);
invitationCommand(program, withParts, print);
structureCommands(program, withParts, print);
keyCommands(program, withParts, print);
auditCommands(program, withParts, print);
clientCommands(program, withParts, print);
integratorCommands(program, withParts, print);

try {
  await program.parseAsync();
} catch (error) {
  // What an operator can mend is a sentence; anything else keeps its stack.
  const known = error instanceof SettingsError || error instanceof ConfigError;
  const sentence =
    known || error instanceof CommandError || ['AlreadyRunning', 'ChangedMeanwhile'].includes((error as Error).name);
  const text =
    error instanceof ZodError
      ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
      : undefined;
  process.stderr.write(
    `${text ?? (sentence ? (error as Error).message : ((error as Error).stack ?? String(error)))}\n`,
  );
  process.exit(known ? EX_CONFIG : 1);
}
