import { readSettings, type Settings } from '../../config/settings.ts';
import { ConfigError } from '../http/errors.ts';
import { createLog, type Log } from '../log.ts';
import { sandboxSecrets } from '../sandbox/secrets.ts';
import { stopWith } from './stop.ts';
import { print, type Terminal } from './terminal.ts';

/** Each loads what it needs and nothing of the others: a process that serves starts sooner without the sandbox. */
function settled({ env, stdout }: Terminal): { settings: Settings; log: Log } {
  const settings = readSettings(env, sandboxSecrets);
  // A process writes its lines itself, without the buffers of a stream.
  const log = stdout === process.stdout ? createLog(settings.LOG_LEVEL) : createLog(settings.LOG_LEVEL, stdout);
  return { settings, log };
}

export async function sandbox(terminal: Terminal): Promise<void> {
  const { settings, log } = settled(terminal);
  if (settings.MIRE_ENV === 'production') throw new ConfigError('MIRE_ENV: the sandbox does not run in production');
  const { startSandbox } = await import('./sandbox.ts');
  const started = await startSandbox(settings, log);
  print(terminal, `Mire is ready: ${settings.ISSUER}\nEverything to try it with: ${settings.ISSUER}/sandbox`);
  stopWith(log, () => started.close());
}

export async function conformance(terminal: Terminal, { files }: { files: string }): Promise<void> {
  const { settings, log } = settled(terminal);
  const { startConformance, writeConformanceFiles } = await import('./conformance.ts');
  const started = await startConformance(settings, log);
  const written = await writeConformanceFiles(started.settings.ISSUER, files);
  print(terminal, `Mire is ready for the suite: ${started.settings.ISSUER}\nIn ${files}: ${written.join(', ')}`);
  stopWith(log, () => started.close());
}

export async function web(terminal: Terminal): Promise<void> {
  const { settings, log } = settled(terminal);
  const { serve } = await import('./serve.ts');
  return serve(settings, log);
}

export async function worker(terminal: Terminal): Promise<void> {
  const { settings, log } = settled(terminal);
  const { work } = await import('./work.ts');
  return work(settings, log);
}

export async function migrate(terminal: Terminal): Promise<void> {
  const { settings, log } = settled(terminal);
  const { migrateNow } = await import('./process.ts');
  return migrateNow(settings, log);
}

export async function settings(terminal: Terminal): Promise<void> {
  const { settingsReport } = await import('./settings.ts');
  print(terminal, settingsReport(readSettings(terminal.env, sandboxSecrets)));
}
