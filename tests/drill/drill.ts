import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createCheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { type Verdict, verifyAudit } from '../../src/audit/verification.ts';
import { type Deployment, ISSUER, loginOf, SECRET } from './deployment.ts';
import { computer, journey, type Outcome } from './person.ts';

export interface Fault {
  readonly name: string;
  /** Does the harm, waits, and undoes what does not undo itself. */
  inflict(on: Deployment, lasting: () => Promise<void>): Promise<void>;
}

export interface Report {
  readonly fault: string;
  readonly journeys: number;
  readonly ended: Readonly<Record<Outcome['ended'], number>>;
  /** What people and applications were answered, how often. */
  readonly told: Readonly<Record<string, number>>;
  readonly untold: Readonly<Record<string, number>>;
  /** Milliseconds that an answer took, a refusal or not: every other one was faster, 99 of 100, and the slowest. */
  readonly waits: { readonly half: number; readonly most: number; readonly slowest: number };
  readonly acknowledged: { readonly signIns: number; readonly revocations: number };
  readonly lost: readonly string[];
  readonly seconds: number;
}

const tally = (items: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
};

/** Two hundred journeys at once, and in the middle of them the fault. */
export async function drill(on: Deployment, fault: Fault, journeys: number, lastsMs: number): Promise<Report> {
  const since = Date.now();
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
    waits: waitsOf(outcomes),
    acknowledged: {
      signIns: outcomes.reduce((sum, { facts }) => sum + facts.signedIn, 0),
      revocations: outcomes.filter(({ facts }) => facts.revoked).length,
    },
    lost: await lost(on, outcomes),
    seconds: Math.round((Date.now() - since) / 1000),
  };
}

function waitsOf(outcomes: readonly Outcome[]): Report['waits'] {
  const waits = outcomes.flatMap((one) => one.waits).sort((one, other) => one - other);
  const at = (share: number) => Math.round(waits[Math.floor((waits.length - 1) * share)] ?? 0);
  return { half: at(0.5), most: at(0.99), slowest: at(1) };
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
    const row = byLogin.get(loginOf(person));
    const total = (signIns.get(person) ?? 0) + facts.signedIn;
    signIns.set(person, total);
    if (!row) missing.push(`account ${person}`);
    else {
      if (Number(row.signed) < total) missing.push(`sign-in of ${person}`);
      if (Number(row.audited) < total) missing.push(`audit line of ${person}`);
    }
    if (facts.revoked && (await isActive(on, facts.revoked, person))) missing.push(`revocation of ${person}`);
  }
  return missing;
}

/** Sign-ins acknowledged to each person, over all faults so far. */
const signIns = new Map<number, number>();

async function isActive(on: Deployment, token: string, person: number): Promise<boolean> {
  const id = person % 4 === 0 ? 'messagerie' : 'ror';
  const { send, close } = computer(on.front, person);
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
