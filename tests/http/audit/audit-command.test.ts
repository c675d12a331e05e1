import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand, typedCommand } from '../../support/mire-command.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, beginLogin, signedIn } from '../../support/sign-in/steps.ts';

describe('the audit of a service that runs', () => {
  const secrets = testSecrets();
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ jobs: true, env: { ...secrets, TRUSTED_PROXIES: '127.0.0.1,::1' } });
  });
  afterAll(() => mire.close());

  const environment = () => ({ DATABASE_URL: mire.database.url, ...secrets });
  const command = (...args: readonly string[]) => mireCommand(['audit', ...args], environment());
  const unsealed = async () => {
    const { rows } = await mire.database.database.raw<{ rows: { ages: number[] }[] }>(
      `select coalesce(array_agg(extract(epoch from now() - a.at)::float), '{}') as ages from audit a
       where not exists (select 1 from audit_seals s where s.line_id = a.id)`,
    );
    return rows[0]?.ages ?? [];
  };
  /** Events, not time: asks until it is so. */
  const sealed = () => until('every line to be sealed', async () => (await unsealed()).length === 0);

  test('a sign-in is sealed within two seconds, without anybody asking', async () => {
    await signedIn(mire);
    await sealed();
    // A round every second, and no line left for a third one: two seconds on any machine that keeps up.
    expect(mire.sandbox.parts.pace.sealing).toBeLessThanOrEqual(1000);
    const { rows } = await mire.database.database.raw<{ rows: { left: number }[] }>(
      `select (select count(distinct other.sealed_at)::int from audit_seals other
               where other.sealed_at > a.at and other.sealed_at < s.sealed_at) as left
       from audit_seals s join audit a on a.id = s.line_id where a.event = 'sign-in.succeeded'`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(Math.max(...rows.map(({ left }) => left))).toBeLessThanOrEqual(1);
  });

  test('while somebody holds the seal, people sign in all the same', async () => {
    const { database } = mire.database;
    if (mire.database.singleSession) return expect(mire.database.singleSession).toBe(true);
    await database.transaction(async (transaction) => {
      await transaction.raw('select one from audit_sealer for update');
      await Promise.all(Array.from({ length: 6 }, () => signedIn(mire)));
      expect((await unsealed()).length).toBeGreaterThanOrEqual(12);
    });
    await sealed();
    return undefined;
  });

  test('one line says who, what, how strongly, for which application, from where, and the support code', async () => {
    await signedIn(mire, { browser: new Browser(mire.issuer, { 'x-forwarded-for': '203.0.113.77' }) });
    const { rows } = await mire.database.database.raw<{ rows: Record<string, unknown>[] }>(
      "select * from audit where event = 'sign-in.succeeded' order by id desc limit 1",
    );
    expect(rows[0]).toMatchObject({
      account_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_id: 'ror',
      mode: 'login-mdp',
      acr: 'eidas1',
      place: '203.0.x.x',
      support_code: expect.stringMatching(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/),
      address_hash: expect.any(Buffer),
    });
  });

  test('verify says that it is whole, and where it ends; exit 1 and the line when it is not', async () => {
    await sealed();
    const whole = await command('verify');
    expect([whole.code, whole.err]).toEqual([0, '']);
    const { head, ...verdict } = JSON.parse(whole.out) as { head: { position: string; hash: string } };
    expect(verdict).toMatchObject({ ok: true, unsealed: 0, defects: [] });
    await signedIn(mire);
    await sealed();
    expect((await command('verify', '--head', `${head.position}:${head.hash}`)).code).toBe(0);
    expect((await command('verify', '--head', `${head.position}:${'0'.repeat(64)}`)).code).toBe(1);

    const { database } = mire.database;
    const [line] = await auditOf(mire, 'sign-in.succeeded');
    const id = (line as unknown as { id: string }).id;
    await database.raw('alter table audit disable trigger audit_unchanged');
    await database.raw("update audit set client_id = 'messagerie' where id = ?", [id]);
    const changed = await typedCommand(['audit', 'verify'], environment());
    expect(changed.code).toBe(1);
    expect(JSON.parse(changed.out)).toMatchObject({
      ok: false,
      defects: [{ defect: 'line-changed', line: String(id) }],
    });
    await database.raw("update audit set client_id = 'ror' where id = ?", [id]);
    await database.raw('alter table audit enable trigger audit_unchanged');
    expect((await command('verify')).code).toBe(0);
  });

  test('export writes JSON Lines, CEF and OCSF of a time span, and nothing private', async () => {
    const { browser } = await beginLogin(mire);
    await browser.submit({ login: MDURAND.login, password: 'a|wrong=one\\' });
    const since = new Date(Date.now() - 3600_000).toISOString();
    const [jsonl, cef, ocsf] = await Promise.all(
      ['jsonl', 'cef', 'ocsf'].map((format) => command('export', '--format', format, '--since', since)),
    );
    const lines = (jsonl?.out ?? '').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).event)).toContain('sign-in.succeeded');
    const refused = (cef?.out ?? '').split('\n').find((line) => line.includes('password-refused'));
    expect(refused).toMatch(
      /^CEF:0\|Mire\|Mire\|1\|sign-in\.password-refused\|.*\|5\|rt=\d{13} externalId=\d+ suid=.* outcome=failure/,
    );
    const events = (ocsf?.out ?? '').trim().split('\n');
    expect(events).toHaveLength(lines.length);
    expect(events.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ class_uid: 3002, type_uid: 300201, status_id: 1, message: 'sign-in.succeeded' }),
    );
    for (const text of [jsonl?.out, cef?.out, ocsf?.out])
      expect(text).not.toMatch(/mdurand|Durand|wrong=one|203\.0\.113/);
    expect((await command('export', '--until', '2020-01-01')).out).toBe('');
    expect((await command('export', '--format', 'xml')).err).toMatch(/--format is one of jsonl, cef, ocsf/);
    expect((await command('export', '--since', 'yesterday')).err).toMatch(/--since is a date/);
    expect((await command('key')).out).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  });
});
