import { DOORS, type Door } from '../../src/protection/doors.ts';
import { ENDS, KEYS, type Limit } from '../../src/protection/limits/limit.ts';
import { SENDS } from '../../src/protection/limits/sends.ts';
import { ALL_OF_A_DAY, DAY_OF_ONE_ACCOUNT, TRIES } from '../../src/protection/limits/tries.ts';
import { WORK } from '../../src/protection/limits/work.ts';
import { table } from './table.ts';

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;

function span(seconds: number): string {
  const [size, unit] = UNITS.find(([each]) => seconds % each === 0) ?? [1, 'second'];
  const count = seconds / size;
  return count === 1 ? `a ${unit}`.replace('a hour', 'an hour') : `${count} ${unit}s`;
}

const often = ({ points, seconds, growsTo, quota }: Limit) =>
  [`${points} in ${span(seconds)}`, growsTo ? `waits double up to ${span(growsTo)}` : '', quota ? 'successes too' : '']
    .filter(Boolean)
    .join('; ');

const rows = (limits: Readonly<Record<string, Limit>>) =>
  table(
    ['Limit', 'Who', 'What', 'Counted by', 'How often', 'Then', 'Told'],
    Object.entries(limits).map(([name, limit]) => [
      `\`${name}\``,
      limit.who,
      limit.what,
      KEYS[limit.by],
      often(limit),
      ENDS[limit.over],
      limit.told ? `the ${limit.told}` : '',
    ]),
  );

const named = (...names: (string | undefined)[]) => names.flatMap((name) => (name ? [`\`${name}\``] : [])).join(', ');

const doors = () =>
  table(
    [
      'What is done',
      'A browser that proved two factors',
      'One that proved the password',
      'Everybody else',
      'With a captcha',
    ],
    Object.entries<Door>(DOORS).map(([name, { known, seen, strangers, address, proven, beside = {} }]) => [
      `\`${name}\``,
      named(known, known && beside.known),
      named(seen, seen && beside.seen),
      named(strangers, address, beside.strangers),
      named(proven, proven && beside.strangers),
    ]),
  );

/** Every limit, from the table that the counters are made of. */
export function limitsPage(): string {
  const all: Readonly<Record<string, Limit>> = TRIES;
  const sum = ALL_OF_A_DAY.map((name) => `\`${name}\` ${all[name]?.points}`).join(', ');
  return `# Limits

<!-- Made by \`npm run docs\` from src/protection/limits/ and src/protection/doors.ts: change those. -->

What did not fail is given back: a right password or code, a code that could not be sent. Only failures count, unless the
table says otherwise. \`RATE_LIMIT_FACTOR\` multiplies every number that has no “successes too”; production takes 1 at most.
\`mire_limit_refusals_total\` counts refusals under these names.

**Nobody spends what is somebody else's.** A browser is _known_ to an account once two factors were proved in it
(\`eidas2\`), for 180 days; it has counters of its own, and nothing that is typed or asked for elsewhere reaches them. A
password alone earns a browser a count for passwords and nothing else: whoever stole it would otherwise have as many tries
at the second factor as they have cookie jars. Beside each counter of one browser stands one of the account, with a higher
ceiling, that tells the owner by mail, once a day, when it is reached.

**A day of one account** holds ${DAY_OF_ONE_ACCOUNT} tries of any secret, whoever makes them (RIE v1, EXI 25): ${sum}.
They are shared out by what somebody has shown already, so that who has shown less never spends the share of who has shown
more. Cards, Pro Santé Connect and passkeys hold no secret that can be guessed: they stay open to everybody.

## Which limits stand where

${doors()}

Compte local has one more, which is the structure's: per login, two tries fewer than its directory allows (\`lockout\`), so
that the directory locks nobody because of us; a known browser may make one of the two.

The help desk's "unlock" starts the day of one account again, sends included.

## Secrets that may be guessed

${rows(TRIES)}

## What is sent

${rows(SENDS)}

## Work

${rows(WORK)}
`;
}
