import { limitList, linesOf, lineTable } from './lines.ts';
import type { Sample } from './measure.ts';
import { areaTable, latencyTable, longest, middle, ratioTable, table } from './report.ts';
import type { Results } from './results.ts';

const whole = (value: number) => value.toFixed(0);
const mega = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const list = (values: readonly number[]) => values.map(whole).join(', ');
const times = (sample: Sample) =>
  [sample.median, sample.p90, sample.p99, sample.p999].map((ms) => ms.toFixed(1)).join(' / ');

/** The report for people, in Markdown. */
export function reportOf(results: Results): string {
  const { rows, modes, open, passwords, processes, starts, page, image, burst, underLoad, cores, plan } = results;
  const lines = linesOf(results);
  const missed = limitList(lines);
  const parts = [
    `# Bench\n\n${results.at}, \`${results.command}\`: Node.js ${results.node}, ${results.processor}. Servers on core ${cores.servers}; clients, PostgreSQL and Redis on core ${cores.clients}. ${plan.rounds} rounds of ${plan.seconds} s, ${plan.workers} clients at once, ${plan.people} accounts.`,
    `## Done when\n\n${lineTable(lines)}`,
    ...(missed
      ? [
          `## What stands in the way\n\nOf each line that was not reached, in the figures of this run; the profiles are below.\n\n${missed}`,
        ]
      : []),
  ];
  if (rows.length > 0)
    parts.push(
      `## Beside the bare provider\n\nThe middle of the rounds (least–most). "By processor" is the bare server's processor time for one operation beside ours.\n\n${ratioTable(rows)}`,
      `## Times\n\n${latencyTable(rows)}`,
    );
  const profiled = rows.filter(({ profiles }) => profiles !== undefined);
  if (profiled.length > 0)
    parts.push(
      `## Where the time goes\n\nA CPU profile of each server at the same work; its shares of the processor time that one operation took in the rounds. Node.js counts for whoever called it; what goes on after an \`await\` for itself.\n\n${profiled.map((row) => `### ${row.scenario}\n\n${areaTable(row)}${row.profiles ? `\n\nWith Redis, ${longest(row.profiles.redis)}` : ''}`).join('\n\n')}`,
    );
  if (modes.length > 0)
    parts.push(
      `## Whole sign-ins by mode\n\n${table(
        ['mode', 'a second', 'CPU ms', 'p50, ms', 'p99, ms'],
        modes.map(({ mode, samples }) => [
          mode,
          whole(middle(samples, 'perSecond')),
          middle(samples, 'cpu').toFixed(2),
          whole(middle(samples, 'median')),
          whole(middle(samples, 'p99')),
        ]),
      )}\n\nThe clients read the code of Code Éphémère from the mail that the worker, on their core, hands over. Every client shows the one card.`,
    );
  if (open.length > 0)
    parts.push(
      `## At a rate of its own\n\n${table(
        [
          'work',
          'saturating',
          'at half: p50 / p90 / p99 / p99.9, ms',
          'at twice: done',
          'turned away',
          'failed',
          'done: p50 / p90 / p99 / p99.9, ms',
        ],
        open.map(({ work, saturating, half, double }) => [
          work,
          `${whole(saturating.perSecond)}/s`,
          times(half),
          `${whole(double.perSecond)}/s`,
          whole(double.shed),
          whole(double.failed),
          times(double),
        ]),
      )}`,
    );
  if (passwords.length > 0)
    parts.push(
      `## Passwords\n\n${table(
        ['cost', 'hashes a second, alone', 'sign-ins a second', 'CPU ms a sign-in'],
        passwords.map(({ memory, passes, hash, samples }) => [
          `${memory / 1024} MiB, ${passes} passes`,
          list(hash),
          samples.map(({ perSecond }) => perSecond.toFixed(1)).join(', '),
          middle(samples, 'cpu').toFixed(1),
        ]),
      )}${passwords
        .flatMap(({ memory, passes, profile }) =>
          profile
            ? `\n\nAt ${memory / 1024} MiB, ${passes} passes, the event loop was awake for ${(profile.told.awake / Math.max(1, profile.sample.operations)).toFixed(2)} ms a sign-in, ${longest(profile.told)}`
            : [],
        )
        .join('')}`,
    );
  if (processes.length > 0)
    parts.push(
      `## One and two web processes\n\n${table(
        ['work', 'one: a second', 'CPU ms', 'two: a second', 'CPU ms'],
        processes.map(({ work, one, two }) => [
          work,
          ...[one, two].flatMap((samples) => [whole(middle(samples, 'perSecond')), middle(samples, 'cpu').toFixed(2)]),
        ]),
      )}\n\nThe second process has the core of the clients, PostgreSQL and Redis: on two cores the number a second cannot double. What an operation takes of a processor says what a second core of its own would add.`,
    );
  if (burst)
    parts.push(
      `## A burst of codes\n\n${burst.asked} asked for within ${burst.within.toFixed(1)} s; ${burst.handedOver} handed over to the mail server at ${whole(burst.perSecond)}/s, ${burst.twice} twice. From the click: p50 ${whole(burst.median)} ms, p90 ${whole(burst.p90)} ms, p99 ${whole(burst.p99)} ms. One worker on the servers' core.`,
    );
  if (starts.length > 0)
    parts.push(
      `## Start\n\n${table(
        ['', 'ready, ms', 'processor until then, ms', 'at rest'],
        starts.map(({ called, ready, cpu, rss }) => [called, list(ready), list(cpu), rss.map(mega).join(', ')]),
      )}${starts
        .flatMap(({ called, profile }) =>
          profile ? `\n\nA start ${called}, profiled: awake for ${whole(profile.awake)} ms, ${longest(profile)}` : [],
        )
        .join('')}`,
    );
  const weight = [
    ...Object.entries(underLoad).map(
      ([name, usage]) => `Memory of the web process after all this, ${name}: ${mega(usage.rss)}.`,
    ),
    ...(image
      ? [
          `The image holds, over that of Node.js: packages ${mega(image.packages)}, sources ${(image.sources / 1e6).toFixed(1)} MB.`,
        ]
      : []),
    ...(page
      ? [
          `The sign-in page: ${page.parts.map(({ path, bytes, encoding }) => `${path} ${bytes} bytes (${encoding})`).join(', ')}.`,
        ]
      : []),
  ];
  if (weight.length > 0) parts.push(`## Weight\n\n${weight.join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}
