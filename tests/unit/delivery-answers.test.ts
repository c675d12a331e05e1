import { describe, expect, test } from '@jest/globals';
import { CODE } from '../../config/lives.ts';
import {
  HTTP_RULES,
  MEANINGS,
  meaningOf,
  type Phase,
  type Reason,
  reasonOfHttp,
  reasonOfSmtp,
  ruleOfSmtp,
  SMTP_RULES,
} from '../../src/delivery/answers.ts';
import { NOTICE_LIFE } from '../../src/delivery/deliver-notice.ts';
import { CODES, NOTICES, triesOf } from '../../src/delivery/jobs.ts';

type Row = readonly [phase: Phase, reply: string, reason: Reason];

/** As servers say it; an empty reply is none. */
const TALKS: readonly Row[] = [
  ['connect', '', 'unreachable'],
  ['recipient', '', 'unreachable'],
  ['message', '', 'unreachable'],
  ['tls', '', 'not-encrypted'],
  ['tls', '454 4.7.0 TLS not available', 'not-encrypted'],
  ['greeting', '554 5.7.1 you are blocked', 'not-let-in'],
  ['greeting', '554 no', 'not-let-in'],
  ['greeting', '421 4.7.0 too many connections', 'busy'],
  ['login', '535 5.7.8 wrong password', 'login-refused'],
  ['login', '454 4.7.0 try later', 'login-refused'],
  ['login', '', 'unreachable'],
  ['sender', '530 5.7.0 must issue a STARTTLS command first', 'not-let-in'],
  ['sender', '530 5.5.1 authentication required', 'not-let-in'],
  ['sender', '550 5.7.1 not your address', 'sender-refused'],
  ['sender', '553 5.1.8 domain of sender does not exist', 'sender-refused'],
  ['sender', '552 5.3.4 too big', 'content-refused'],
  ['sender', '451 4.3.0 later', 'busy'],
  ['recipient', '550 5.1.1 user unknown', 'unknown-recipient'],
  ['recipient', '550 5.1.10 null MX', 'unknown-recipient'],
  ['recipient', '550 5.2.1 disabled', 'unknown-recipient'],
  ['recipient', '550 mailbox unavailable', 'unclear-recipient'],
  ['recipient', '550 5.0.0 no', 'unclear-recipient'],
  ['recipient', '552 5.2.2 full', 'mailbox-full'],
  ['recipient', '452 4.2.2 full', 'mailbox-full'],
  ['recipient', '450 4.2.0 greylisted', 'busy'],
  ['recipient', '450 4.7.1 greylisted', 'busy'],
  ['recipient', '450 4.1.1 unknown for now', 'busy'],
  ['recipient', '450 4.1.8 sender unknown for now', 'sender-refused'],
  ['recipient', '554 5.7.1 relay access denied', 'not-let-in'],
  ['recipient', '550 5.7.1 blocked', 'not-let-in'],
  ['recipient', '550 5.4.5 daily quota exceeded', 'not-let-in'],
  ['recipient', '530 5.7.0 STARTTLS', 'not-let-in'],
  ['data', '554 5.5.1 no valid recipients', 'not-let-in'],
  ['data', '452 4.3.1 no room', 'busy'],
  ['message', '554 5.7.1 spam', 'content-refused'],
  ['message', '554 looks like spam', 'content-refused'],
  ['message', '550 5.6.0 malformed', 'content-refused'],
  ['message', '552 5.3.4 too big', 'content-refused'],
  ['message', '552 5.2.2 full', 'mailbox-full'],
  ['message', '550 5.1.1 user unknown', 'unknown-recipient'],
  ['message', '550 5.4.5 daily quota exceeded', 'not-let-in'],
  ['message', '554 5.3.0 system failure', 'not-let-in'],
  ['message', '451 4.3.0 later', 'busy'],
  ['message', '421 4.4.2 timeout', 'busy'],
];

const answer = (phase: Phase, reply: string) => ({
  phase,
  code: reply ? Number(reply.slice(0, 3)) : undefined,
  status: /^\d{3} (\d\.\d\.\d+)/.exec(reply)?.[1],
});

test.each(TALKS)('at %s, %p is: %s', (phase, reply, reason) => {
  expect(reasonOfSmtp(answer(phase, reply))).toBe(reason);
});

test.each([
  [undefined, 'unreachable'],
  [500, 'busy'],
  [503, 'busy'],
  [408, 'busy'],
  [429, 'busy'],
  [401, 'login-refused'],
  [403, 'login-refused'],
  [400, 'content-refused'],
  [422, 'content-refused'],
  [402, 'not-let-in'],
  [404, 'not-let-in'],
  [307, 'not-let-in'],
] as const)('a provider of SMS that answers %p: %s', (status, reason) => {
  expect(reasonOfHttp(status)).toBe(reason);
});

describe('the table of answers', () => {
  test('has no rule that no server can meet', () => {
    const met = TALKS.map(([phase, reply]) => ruleOfSmtp(answer(phase, reply)));
    expect(new Set(met)).toEqual(new Set(SMTP_RULES));
  });

  test('has a rule for each reason but what is seen before anything is said', () => {
    const ruled = new Set<string>([...SMTP_RULES, ...HTTP_RULES].map(({ reason }) => reason));
    expect(Object.keys(MEANINGS).filter((reason) => !ruled.has(reason))).toEqual(['not-an-address']);
  });

  test.each(Object.keys(MEANINGS) as Reason[])('gives up nothing of %s that is not about this mail', (reason) => {
    const { about, again, rings, remembered } = meaningOf(reason);
    if (about === 'us' || about === 'server') expect(again).toBe(true);
    if (about === 'us') expect(rings).toBe(true);
    // An address is dead only where another try would say the same.
    if (remembered) expect([about, again]).toEqual(['recipient', false]);
  });
});

describe('the tries of', () => {
  const sum = (pauses: readonly number[]) => pauses.reduce((all, one) => all + one, 0);

  test('a code last as long as it lives, and no pause is longer than who waits would stand', () => {
    expect(sum(CODES.pauses)).toBeGreaterThan(CODE.life);
    expect(sum(CODES.pauses.slice(0, -1))).toBeLessThanOrEqual(CODE.life);
    expect(Math.max(...CODES.pauses)).toBeLessThanOrEqual(30);
  });

  test('a notice last three days, in a few dozen tries with growing pauses', () => {
    expect(sum(NOTICES.pauses)).toBeGreaterThan(NOTICE_LIFE / 1000);
    expect(sum(NOTICES.pauses.slice(0, -1))).toBeLessThanOrEqual(NOTICE_LIFE / 1000);
    expect([...NOTICES.pauses].sort((a, b) => a - b)).toEqual(NOTICES.pauses);
    expect(triesOf(NOTICES)).toBeLessThanOrEqual(48);
  });
});
