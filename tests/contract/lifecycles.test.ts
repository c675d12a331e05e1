import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createCircumstances } from '../../src/accounts/circumstances.ts';
import { advance, dueAt, type LifecycleStep, sweepLifecycles } from '../../src/accounts/lifecycle.ts';
import type { LifecycleJob } from '../../src/delivery/jobs.ts';
import { createNotifier } from '../../src/delivery/notifier.ts';
import { createLog } from '../../src/log.ts';
import { createLogout } from '../../src/provider/logout.ts';
import { parallel, sampleAccount, sampleSignIn } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

const DAY = 24 * 60 * 60 * 1000;
const START = new Date('2026-11-24T08:00:00.000Z');
const settings = {
  MAIL_RECHECK_DAYS: 365,
  IDLE_WARN_DAYS: 335,
  IDLE_SUSPEND_DAYS: 365,
  ERASE_CLOSED_DAYS: 30,
};

onEachDatabase('what the years do to an account', (ground) => {
  const log = createLog('silent');
  function scene() {
    const { storage, database } = ground();
    let now = START;
    const clock = () => now;
    const ended: unknown[] = [];
    const logout = createLogout({
      storage,
      queue: { send: async (job: unknown) => void ended.push(job) },
      clock,
      log,
    } as never);
    const notifier = createNotifier({
      queue: { send: async () => undefined },
      log,
      notices: ground().storage.notices,
      metrics: { noticeAsked: () => undefined },
    });
    const circumstances = createCircumstances({ issuer: 'https://mire.example.fr', zone: 'Indian/Reunion', clock });
    const parts = { storage, clock, settings, logout, notifier, circumstances };
    const at = (days: number) => {
      now = new Date(START.getTime() + days * DAY);
    };
    /** What is done on that day, of these steps. */
    const day = async (days: number, accountId: string) => {
      at(days);
      const jobs: LifecycleJob[] = [];
      await sweepLifecycles({ ...parts, log }, { send: async (job) => void jobs.push(job) });
      const mine = jobs.filter((job) => job.accountId === accountId);
      const done: LifecycleStep[] = [];
      for (const job of mine) if (await advance(parts, job)) done.push(job.step);
      return done;
    };
    async function person() {
      const account = sampleAccount({ email: `${randomUUID()}@example.org`, emailVerified: true });
      await storage.accounts.insert(account);
      await database('accounts').where({ id: account.id }).update({ created_at: START, status_since: START });
      return account.id;
    }
    const signedIn = async (id: string, days: number) => {
      const signIn = sampleSignIn(id);
      await storage.signIns.insert(signIn);
      await database('sign_ins')
        .where({ id: signIn.id })
        .update({ created_at: new Date(START.getTime() + days * DAY) });
    };
    return { storage, database, parts, day, at, person, signedIn, clock };
  }

  test('a mail from which no code came back for a year is asked for, then no longer counts', async () => {
    const { storage, day, person, signedIn } = scene();
    const id = await person();
    await signedIn(id, 360);
    expect(await day(364, id)).toEqual([]);
    expect(await day(366, id)).toEqual(['recheck-mail']);
    expect(await day(367, id)).toEqual([]);
    await signedIn(id, 390);
    expect(await day(397, id)).toEqual(['unverify-mail']);
    expect((await storage.accounts.byId(id))?.emailVerified).toBe(false);
  });

  test('a code that comes back from it is an answer', async () => {
    const { storage, day, person, signedIn } = scene();
    const id = await person();
    await signedIn(id, 360);
    expect(await day(366, id)).toEqual(['recheck-mail']);
    await storage.lifecycles.mailChecked(id, new Date(START.getTime() + 380 * DAY));
    await signedIn(id, 390);
    expect(await day(400, id)).toEqual([]);
    expect((await storage.accounts.byId(id))?.emailVerified).toBe(true);
  });

  test('an account that nobody uses is warned, then suspended; a sign-in in between saves it', async () => {
    const { storage, database, day, person, signedIn } = scene();
    const [idle, saved] = [await person(), await person()];
    expect(await day(336, idle)).toEqual(['warn-idle']);
    expect(await day(336, saved)).toEqual(['warn-idle']);
    const { rows } = await database.raw('select template from notices where account_id = ?', [idle]);
    expect(rows).toEqual([{ template: 'idle-warning' }]);
    expect(await day(337, idle)).toEqual([]);
    await signedIn(saved, 340);
    expect(await day(366, idle)).toContain('suspend-idle');
    expect((await storage.accounts.byId(idle))?.status).toBe('blocked');
    expect(await day(366, saved)).not.toContain('suspend-idle');
    expect((await storage.accounts.byId(saved))?.status).toBe('active');
  });

  test('a closed account is erased after its delay, once; the audit stays and holds no name', async () => {
    const { storage, database, parts, at, day, person } = scene();
    const id = await person();
    await storage.accounts.setStatus(id, { by: 'owner', to: 'closed', reason: 'closed by its owner' });
    await database('accounts').where({ id }).update({ status_since: START });
    expect(await day(29, id)).toEqual([]);
    at(31);
    const done = await parallel(3, () => advance(parts, { accountId: id, step: 'erase' }));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await storage.accounts.byId(id)).toBeUndefined();
    const { rows } = await database.raw('select * from audit where account_id = ?', [id]);
    expect(rows).toMatchObject([{ event: 'account.erased' }]);
    expect(JSON.stringify(rows)).not.toMatch(/Durand|Marie|example/);
  });

  test('one that was reopened meanwhile is left alone, and a step that is set to 0 never comes', async () => {
    const { storage, database, parts, at, person } = scene();
    const id = await person();
    await storage.accounts.setStatus(id, { by: 'owner', to: 'closed', reason: 'closed by its owner' });
    await database('accounts').where({ id }).update({ status_since: START });
    await storage.accounts.setStatus(id, { by: 'undo', to: 'active', reason: 'reopened by its owner' });
    at(31);
    expect(await advance(parts, { accountId: id, step: 'erase' })).toBe(false);
    expect(await storage.accounts.byId(id)).toBeDefined();
    expect(dueAt('warn-idle', { ...settings, IDLE_WARN_DAYS: 0 }, START)).toBeUndefined();
  });

  test('of many accounts made in one instant, those whose people came back are looked up once and left alone', async () => {
    const { storage, database, parts, at } = scene();
    const many = 1100;
    const name = randomUUID();
    await database.raw(
      `with made as (
         insert into accounts (id, family_name, given_name, created_at, status_since)
         select gen_random_uuid(), :name, 'Tous', :start, :start from generate_series(1, ${many}) returning id
       )
       insert into sign_ins (id, account_id, client_id, mode, acr, amr, authenticated_at, created_at)
       select gen_random_uuid(), id, 'ror', 'login-mdp', 'eidas1', '{pwd}', :back, :back from made`,
      { name, start: START, back: new Date(START.getTime() + 300 * DAY) },
    );
    at(366);
    const due = dueAt('warn-idle', settings, parts.clock());
    if (!due) throw new Error('people are warned by these settings');
    const mine = async () => database('accounts').where({ family_name: name }).select('id', 'last_use_at');
    const ids = new Set((await mine()).map(({ id }) => id));
    expect((await storage.lifecycles.due('warn-idle', due, 100_000)).filter((id) => ids.has(id))).toEqual([]);
    expect((await mine()).filter(({ last_use_at }) => last_use_at === null)).toEqual([]);
    const one = [...ids][0] as string;
    expect(await storage.lifecycles.isDue('warn-idle', one, due)).toBe(false);
    await database('accounts').where({ family_name: name }).delete();
  });
});
