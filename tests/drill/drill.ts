import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createCheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { type Verdict, verifyAudit } from '../../src/audit/verification.ts';
import type { LogLine } from '../support/servers/production.ts';
import { type Answer, computer } from './computer.ts';
import { type Deployment, loginOf } from './deployment.ts';
import { applicationOf, journey, type Outcome } from './person.ts';
import type { Report, Waits } from './report.ts';
import { ISSUER, SECRET } from './seeding.ts';

export interface Fault {
  readonly name: string;
  /** Does the harm, waits, and undoes what does not undo itself. */
  inflict(on: Deployment, lasting: () => Promise<void>): Promise<void>;
}

const tally = (items: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
};

/** Two hundred journeys at once, and in the middle of them the fault. */
export async function drill(on: Deployment, fault: Fault, journeys: number, lastsMs: number): Promise<Report> {
  const since = Date.now();
  // A fault may put another process in the place of one: its lines are all of this fault.
  const heard = new Map(on.replicas.map((replica) => [replica, replica.logs.length]));
  const spread = lastsMs + 6000;
  let patient = Number.POSITIVE_INFINITY;
  const people = Array.from({ length: journeys }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, (index / journeys) * spread));
    return journey(on, index, () => patient);
  });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await fault.inflict(on, () => new Promise((resolve) => setTimeout(resolve, lastsMs)));
  patient = Date.now() + 60_000;
  const outcomes = await Promise.all(people);
  const troubles = outcomes.flatMap((one) => one.troubles);
  const answers = outcomes.flatMap((one) => one.answers);
  const words = (told: boolean) =>
    tally(troubles.filter((one) => one.told === told).map(({ step, said }) => `${step}: ${said}`));
  const ended = {
    'at once': 0,
    'after a second try': 0,
    'begun again': 0,
    never: 0,
    ...tally(outcomes.map((one) => one.ended)),
  };
  return {
    fault: fault.name,
    journeys,
    ended,
    told: words(true),
    untold: words(false),
    answers: waitsOf(answers),
    refusals: waitsOf(answers.filter(({ status }) => status >= 500)),
    acknowledged: {
      signIns: outcomes.reduce((sum, { facts }) => sum + facts.signedIn, 0),
      revocations: outcomes.filter(({ facts }) => facts.revoked).length,
    },
    lost: await lost(on, outcomes),
    defects: tally(on.replicas.flatMap((replica) => replica.logs.slice(heard.get(replica) ?? 0).flatMap(defectOf))),
    seconds: Math.round((Date.now() - since) / 1000),
  };
}

/** What a process logged of a failure that it had no name for. */
function defectOf({ status, err }: LogLine): string[] {
  if (status !== 500) return [];
  const { message, code, stack } = (err ?? {}) as { message?: string; code?: string; stack?: string };
  const causes = stack?.split('\n').filter((line) => line.startsWith('caused by')) ?? [];
  return [[code, message, ...causes].filter((one) => one !== undefined).join(': ')];
}

/** Of those that took longest: 99 of 100 were faster than the one, none slower than the other. */
function waitsOf(answers: readonly Answer[]): Waits {
  const waits = answers.map(({ waited }) => waited).sort((one, other) => one - other);
  const at = (share: number) => Math.round(waits[Math.floor((waits.length - 1) * share)] ?? 0);
  return { most: at(0.99), slowest: at(1) };
}

/** What was acknowledged and does not stand any more. */
async function lost(on: Deployment, outcomes: readonly Outcome[]): Promise<string[]> {
  const missing: string[] = [];
  const { rows } = await on.database.raw<{ rows: { login: string; signed: string; audited: string }[] }>(
    `select a.login, (select count(*) from sign_ins s where s.account_id = a.id) as signed,
       (select count(*) from audit l where l.account_id = a.id and l.event = 'sign-in.succeeded') as audited
     from accounts a`,
  );
  const byLogin = new Map(rows.map((row) => [row.login, row]));
  for (const { person, facts } of outcomes) {
    const login = loginOf(person);
    signIns.set(login, (signIns.get(login) ?? 0) + facts.signedIn);
    if (facts.revoked && (await isActive(on, facts.revoked, person))) missing.push(`revocation of ${person}`);
  }
  for (const [login, total] of signIns) {
    const row = byLogin.get(login);
    if (!row) missing.push(`account ${login}`);
    else {
      if (Number(row.signed) < total) missing.push(`sign-in of ${login}`);
      if (Number(row.audited) < total) missing.push(`audit line of ${login}`);
    }
  }
  return missing;
}

/** Sign-ins acknowledged to each login, over all faults so far. */
const signIns = new Map<string, number>();

async function isActive(on: Deployment, token: string, person: number): Promise<boolean> {
  const id = applicationOf(person);
  const { send, close } = computer(on, person);
  const answer = await send(new URL(`${ISSUER}/introspect`), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(SECRET).replaceAll('%20', '+')}`).toString('base64')}`,
    },
    body: new URLSearchParams({ token }),
  });
  const { active } = (await answer.json()) as { active?: boolean };
  close();
  return active !== false;
}

/** The audit is whole, and its last line sealed, or says what is not. */
export async function auditVerdict(on: Deployment): Promise<Verdict> {
  const until = Date.now() + 30_000;
  for (;;) {
    const verdict = await verifyAudit(createAuditLines(on.database), createCheckpointKey(on.vault));
    if (verdict.unsealed === 0 || Date.now() > until) return verdict;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
