import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Account } from '../../src/accounts/account.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { createCodes } from '../../src/challenges/codes.ts';
import { openQueues } from '../../src/main/delivery.ts';
import type { Parts } from '../../src/main/parts.ts';
import { createAdmission } from '../../src/protection/admission.ts';
import type { MailSink } from './mail-sink.ts';
import { type Quantiles, quantilesOf } from './measure.ts';
import { person } from './prepare.ts';
import type { Run } from './run.ts';
import { endWithUs, onCore } from './target.ts';

/** Codes asked for at once: from the click to the hand-over to the mail server. */
export interface Burst extends Quantiles {
  readonly asked: number;
  /** Seconds in which they were asked for. */
  readonly within: number;
  readonly handedOver: number;
  readonly twice: number;
  /** Mails a second, from the first click to the last hand-over. */
  readonly perSecond: number;
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const AT_ONCE = 32;
const PATIENCE = 120_000;

/** `mire work`, on a core of its own. */
export async function startWork(
  env: Readonly<Record<string, string>>,
  mails: MailSink,
  core: number,
): Promise<{ stop(): Promise<void> }> {
  const [command, args] = onCore(core, [process.execPath, MAIN, 'work']);
  const child: ChildProcess = spawn(command, args, {
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'production',
      ...env,
      MAIL_URL: mails.url,
      SMS_URL: 'http://127.0.0.1:9/',
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(child);
  const ended = once(child, 'exit');
  if (!child.stdout) throw new Error('a worker says nothing');
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"working"')) break;
  child.stdout.resume();
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export async function measureBurst({ plan, say }: Run, parts: Parts, mails: MailSink): Promise<Burst> {
  const delivery = openQueues(parts);
  const admission = createAdmission({ ...parts, reached: async () => undefined });
  const codes = createCodes({ ...parts, admission, queue: delivery.codes, smsCountries: new Set(['FR']) });
  const asked = new Map<string, number>();
  const delays: number[] = [];
  let [twice, last] = [0, 0];
  mails.onCode = (to) => {
    const click = asked.get(to);
    if (click === undefined) twice += 1;
    else delays.push(performance.now() - click);
    asked.delete(to);
    last = performance.now();
  };
  const accounts: (Account | undefined)[] = [];
  for (let i = 0; i < plan.burst; i += 1)
    accounts.push((await parts.storage.accounts.byLoginKey(loginKey(person(i).login)))?.account);
  const since = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let account = accounts.pop(); account; account = accounts.pop()) {
        asked.set(account.email ?? '', performance.now());
        const request = { id: account.id, supportCode: 'BNCH-BNCH', address: '192.0.2.1' };
        const sending = { account, channel: 'mail', flow: `burst-${account.id}`, locale: 'fr', request } as const;
        await codes.send(sending, async () => undefined);
      }
    }),
  );
  const within = (performance.now() - since) / 1000;
  const until = performance.now() + PATIENCE;
  while (asked.size > 0 && performance.now() < until) await wait(50);
  mails.onCode = undefined;
  await delivery.close();
  const burst = {
    asked: plan.burst,
    within,
    handedOver: delays.length,
    twice,
    perSecond: delays.length / ((last - since) / 1000),
    ...quantilesOf(delays),
  };
  say(`burst: ${JSON.stringify(burst)}`);
  return burst;
}
