import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openCardPki } from '../../src/sandbox/card-pki.ts';
import { type Profile, type Told, tellProfile } from './areas.ts';
import { freePort } from './ground.ts';
import { type Run, SERVERS } from './run.ts';
import { endWithUs, onCore } from './target.ts';

/** How `mire serve` comes up in production against a migrated database, and what it then takes. */
export interface Start {
  readonly called: string;
  /** Milliseconds from the start of the process to 200 of `/readyz`, each time. */
  readonly ready: readonly number[];
  /** Milliseconds of processor until then. */
  readonly cpu: readonly number[];
  /** Bytes, three seconds later. */
  readonly rss: readonly number[];
  /** Of one more start. */
  readonly profile?: Told | undefined;
}

/** What the process takes over from the Mire of the run: its stores, and the secrets under which they were filled. */
const STORES = ['DATABASE_URL', 'REDIS_URL', 'COOKIE_KEYS', 'DATA_KEYS', 'INDEX_KEY', 'PAIRWISE_KEY', 'DPOP_KEY'];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'src/main.ts');
const run = promisify(execFile);

const PRODUCTION = {
  MIRE_ENV: 'production',
  NODE_ENV: 'production',
  ISSUER: 'https://mire.bench.test',
  HOST: '127.0.0.1',
  SUPPORT_URL: 'https://assistance.bench.test/',
  MAIL_URL: 'smtp://127.0.0.1:9',
  MAIL_TLS: 'none',
  MAIL_FROM: 'Mire <ne-pas-repondre@bench.test>',
  SMS_URL: 'https://sms.bench.test/',
  TRUSTED_PROXIES: '127.0.0.1',
  RATE_LIMIT_FACTOR: '1',
  LOG_LEVEL: 'warn',
};

/** The compile cache that the Dockerfile makes, made here in the same way. */
async function compiled(folder: string): Promise<Record<string, string>> {
  const [, line = ''] = /^RUN \["node", (.*)\]$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
  const args = (JSON.parse(`[${line}]`) as string[]).map((arg) => arg.replaceAll("'/app/", `'${ROOT}`));
  const env = { NODE_COMPILE_CACHE: folder };
  await run(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env } });
  return env;
}

interface Once {
  readonly ready: number;
  readonly cpu: number;
  readonly rss: number;
}

/** @param flags of Node.js */
async function startOnce(env: Readonly<Record<string, string>>, flags: readonly string[] = []): Promise<Once> {
  const [port, metrics] = [await freePort(), await freePort()];
  const [command, args] = onCore(SERVERS, [process.execPath, ...flags, MAIN, 'serve']);
  const since = performance.now();
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH ?? '', ...env, PORT: String(port), METRICS_PORT: String(metrics) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  endWithUs(child);
  const ended = once(child, 'exit');
  for (;;) {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}`);
    const status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) break;
    await wait(5);
  }
  const ready = performance.now() - since;
  // utime and stime of proc(5), in hundredths of a second.
  const [user = 0, system = 0] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ').slice(13, 15).map(Number);
  await wait(3000);
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
  child.kill('SIGTERM');
  await ended;
  return { ready, cpu: (user + system) * 10, rss: kilobytes * 1024 };
}

/** What a start does until it is ready, and in the three seconds after it: nobody asks anything yet. */
async function profiledStart(env: Readonly<Record<string, string>>, folder: string): Promise<Told> {
  await startOnce(env, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const [file = ''] = readdirSync(folder);
  return tellProfile(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile);
}

export async function measureStarts({ plan, say }: Run, given: Readonly<Record<string, string>>): Promise<Start[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mire-bench-start-'));
  try {
    const env = { ...Object.fromEntries(STORES.map((name) => [name, given[name] ?? ''])), ...PRODUCTION };
    const { anchors, intermediates } = await openCardPki(folder, () => new Date());
    writeFileSync(join(folder, 'anchors.pem'), anchors);
    writeFileSync(join(folder, 'intermediates.pem'), intermediates);
    const cards = {
      CPS_ORIGIN: 'https://cps.bench.test',
      CARD_HEADER_FORMAT: 'nginx',
      CARD_PROXY_SECRET: 'a secret of the bench, of thirty-two characters',
      CARD_ANCHORS_FILE: join(folder, 'anchors.pem'),
      CARD_INTERMEDIATES_FILE: join(folder, 'intermediates.pem'),
      CARD_CRL_URLS: 'http://crl.bench.test/list.crl',
    };
    const cache = await compiled(join(folder, 'compiled'));
    const rows: Start[] = [];
    for (const [called, more] of [
      ['as in the image, cards included', { ...cards, ...cache }],
      ['as in the image, without cards', cache],
      ['without the compile cache, without cards', {}],
    ] as const) {
      const once: Once[] = [];
      for (let i = 0; i < plan.starts; i += 1) once.push(await startOnce({ ...env, ...more }));
      const profile = await profiledStart({ ...env, ...more }, mkdtempSync(join(folder, 'profile-')));
      const [ready, cpu, rss] = [once.map((o) => o.ready), once.map((o) => o.cpu), once.map((o) => o.rss)];
      const row = { called, ready, cpu, rss, profile };
      rows.push(row);
      say(
        `start ${called}: ready after ${row.ready.map(Math.round)} ms, ${row.cpu} ms of processor, ${row.rss.map((b) => Math.round(b / 1e6))} MB`,
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
