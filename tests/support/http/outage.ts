import { expect } from '@jest/globals';
import { inTime, until } from '../jest/until.ts';
import type { RunningMire } from '../mire.ts';
import type { TestDatabase } from '../storage/database.ts';
import type { Browser } from './browser.ts';

/** A page that says in words that the service is away, and does not hang: how soon is for DATABASE_PATIENCE to say. */
export async function expectAway(visit: Promise<{ status: number; body: string; headers: Headers }>): Promise<void> {
  const { status, body, headers } = await inTime('a page of a service that is away', visit);
  expect({ status, body: status === 503 ? '' : body.slice(0, 2000) }).toEqual({ status: 503, body: '' });
  expect(headers.get('retry-after')).toMatch(/^\d+$/);
  expect(body).toMatch(/[2-9A-Z]{4}-[2-9A-Z]{4}/);
  expect(body).not.toMatch(/\.ts:\d|node_modules|ECONNREFUSED|Knex/);
}

/** The same of an endpoint that programs call. */
export async function expectAwayForPrograms(asked: Promise<Response>): Promise<void> {
  const answer = await inTime('an answer of a service that is away', asked);
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({
    status: 503,
    body: { error: 'temporarily_unavailable' },
  });
}

export async function health({ issuer }: RunningMire): Promise<{ alive: number; ready: number }> {
  const [alive, ready] = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(issuer + path)));
  return { alive: alive?.status ?? 0, ready: ready?.status ?? 0 };
}

/** The service comes back by itself: nobody restarts it. */
export async function comesBack(mire: RunningMire): Promise<void> {
  await until('the service to come back by itself', async () => (await health(mire)).ready === 200);
}

/** How much stands in each table that an outage must not thin out. */
export async function counts({ database }: TestDatabase): Promise<Record<string, number>> {
  const tables = [
    'accounts',
    'passwords',
    'identities',
    'sign_ins',
    'sessions',
    'session_grants',
    'challenges',
    'audit',
    'flows',
    'oidc_models',
    'signing_keys',
  ];
  const { rows } = await database.raw<{ rows: { name: string; count: number }[] }>(
    tables
      .map((name) => `select '${name}' as name, cast(count(*) as integer) as count from ${name}`)
      .join(' union all '),
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/** Nothing that stood before is missing now. */
export function expectKept(before: Record<string, number>, after: Record<string, number>): void {
  for (const [table, count] of Object.entries(before))
    expect({ table, enough: (after[table] ?? 0) >= count }).toEqual({ table, enough: true });
}

/** A POST of an application at an endpoint of the protocol. */
export const ask = (mire: RunningMire, path: string, id: string, form: Record<string, string>): Promise<Response> =>
  fetch(mire.issuer + path, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${id}-sandbox-secret`).toString('base64')}` },
    body: new URLSearchParams(form),
  });

export const answerOf = async (asked: Promise<Response>): Promise<Record<string, unknown>> =>
  (await asked).json() as Promise<Record<string, unknown>>;

/** Whether the home page greets somebody. */
export const isSignedIn = async (browser: Browser): Promise<boolean> =>
  (await browser.get(`${browser.origin}/`)).body.includes('Marie Durand');
