import { openConnection } from './connection.ts';
import { closedLoop, type Measured, type Sample } from './measure.ts';
import type { MireTarget } from './mire.ts';
import { CLIENTS, clientsOf, type Run } from './run.ts';
import { SCENARIOS } from './scenarios.ts';
import type { Target } from './target.ts';

/** The same work given to one web process, then to two. */
export interface ProcessRow {
  readonly work: string;
  readonly one: readonly Sample[];
  readonly two: readonly Sample[];
}

const WORK = ['sign-in and tokens (code flow)', 'refresh'];

/** Each request goes to the next process, as behind a proxy that takes turns. */
function inTurns(
  targets: readonly Target[],
  ports: readonly string[],
): { ask: ReturnType<typeof openConnection>; measured: Measured } {
  const { ask, close } = openConnection();
  let turn = 0;
  return {
    ask: {
      close,
      ask: (url, options) => {
        turn += 1;
        return ask(url, options, ports[turn % ports.length]);
      },
    },
    measured: {
      async usage() {
        const used = await Promise.all(targets.map((target) => target.usage()));
        const sum = (key: 'cpu' | 'rss') => used.reduce((total, one) => total + one[key], 0);
        return { cpu: sum('cpu'), rss: sum('rss') };
      },
    },
  };
}

/** The second process runs on the clients' core: what counts on such a machine is the processor, not the number a second. */
export async function measureProcesses({ plan, say }: Run, target: MireTarget): Promise<ProcessRow[]> {
  const second = await target.another(CLIENTS);
  const first = new URL(target.issuer).port;
  try {
    const rows: ProcessRow[] = [];
    for (const name of WORK) {
      const scenario = SCENARIOS.find((one) => one.name === name);
      if (!scenario) throw new Error(`no scenario ${name}`);
      const sets = [inTurns([target], [first]), inTurns([target, second], [first, second.port])];
      const work = await Promise.all(
        sets.map(({ ask }) => {
          const clients = { ...clientsOf(target.issuer, target.keys, plan.people), ask: ask.ask };
          return Promise.all(Array.from({ length: plan.workers }, () => scenario.prepare(clients)));
        }),
      );
      for (const [i, { measured }] of sets.entries()) await closedLoop(measured, work[i] ?? [], plan.jit);
      const samples: Sample[][] = [[], []];
      for (let round = 0; round < plan.rounds; round += 1) {
        for (const [i, { measured }] of sets.entries())
          samples[i]?.push(await closedLoop(measured, work[i] ?? [], plan.seconds));
      }
      for (const { ask } of sets) ask.close();
      const [one = [], two = []] = samples;
      rows.push({ work: name, one, two });
      const middle = (list: readonly Sample[], key: 'perSecond' | 'cpu') =>
        [...list].sort((a, b) => a[key] - b[key])[list.length >> 1]?.[key].toFixed(key === 'cpu' ? 2 : 0);
      say(
        `${name}: one process ${middle(one, 'perSecond')}/s at ${middle(one, 'cpu')} ms, two ${middle(two, 'perSecond')}/s at ${middle(two, 'cpu')} ms ${[...one, ...two].flatMap(({ errors }) => errors)[0] ?? ''}`,
      );
    }
    return rows;
  } finally {
    await second.stop();
  }
}
