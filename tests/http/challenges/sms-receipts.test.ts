import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type SmsProvider, smsProvider } from '../../support/delivery/sms-provider.ts';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { PROMPT_QUEUE, WITHOUT_FLOORS } from '../../support/pace.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, begin } from '../../support/sign-in/steps.ts';

const NOBODY = 'no-message-of-ours';

describe('an SMS that the provider took and did not bring', () => {
  let mire: RunningMire;
  let [first, second]: SmsProvider[] = [];
  beforeAll(async () => {
    first = await smsProvider();
    second = await smsProvider('SMS_FALLBACK');
    mire = await startMire({
      env: { ...first.settings, ...second.settings, RATE_LIMIT_FACTOR: '100' },
      added: { pace: { ...WITHOUT_FLOORS, queue: PROMPT_QUEUE } },
    });
  });
  afterAll(async () => {
    await mire.close();
    await first?.stop();
    await second?.stop();
  });
  const providers = () => {
    if (!first || !second) throw new Error('the providers have not started');
    return { first, second };
  };
  const person = async () => {
    const account = (await mire.sandbox.parts.storage.accounts.byLoginKey(MDURAND.login))?.account;
    if (!account?.phone) throw new Error('a person with a phone is needed');
    return { ...account, phone: account.phone };
  };
  beforeEach(async () => {
    const { id, phone } = await person();
    mire.clock.forward(60);
    await mire.sandbox.parts.storage.lifecycles.phoneReached(id, phone, mire.clock.now());
    mire.clock.forward(60);
  });

  const counted = async (provider: string, outcome: string) =>
    (await mire.sandbox.parts.registry.getSingleMetric('mire_sms_receipts_total')?.get())?.values.find(
      ({ labels }) => labels.provider === provider && labels.outcome === outcome,
    )?.value;

  const begun = async () => {
    const { browser } = await begin(mire, { client: 'messagerie' });
    if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
    const asked = await browser.submit(MDURAND);
    return { browser, asked };
  };
  /** Up to the page that waits for the code; the message is the provider's. */
  const waiting = async () => {
    const { browser } = await begun();
    const before = providers().first.taken.length;
    const page = await browser.submit({ channel: 'sms' });
    const message = await until('the message', () => providers().first.taken[before]);
    // Recorded before it is marked as sent.
    await until('its record', async () => {
      const { rows } = await mire.database.database.raw('select count(*)::int as n from sms_messages');
      return rows[0].n >= providers().first.taken.length;
    });
    return { browser, page, message };
  };
  const reload = async ({ browser, page }: Awaited<ReturnType<typeof waiting>>) =>
    (await browser.get(page.url.href)).body;

  test('a number that no operator knows is told to who waits, kept, told at the help desk, and not used while there is a mail', async () => {
    const scene = await waiting();
    expect(await reload(scene)).toContain('vous a été envoyé');
    expect((await providers().first.report(mire.issuer, [[scene.message.id, 'UNDELIV']])).status).toBe(204);
    const told = await reload(scene);
    expect(told).toContain('Nous n’arrivons pas à écrire à');
    expect(told).not.toContain('vous a été envoyé');
    expect((await person()).phoneRefusedAt).toBeInstanceOf(Date);
    const audited = (await auditOf(mire, 'account.phone-refused')).length;
    expect(audited).toBeGreaterThan(0);

    const { asked } = await begun();
    expect(asked.body).toContain('par mail');
    expect(asked.body).not.toContain('par SMS');

    // Twice, and late: it changes nothing.
    expect((await providers().first.report(mire.issuer, [[scene.message.id, 'UNDELIV']])).status).toBe(204);
    expect((await auditOf(mire, 'account.phone-refused')).length).toBe(audited);
    expect(await counted('first', 'known')).toBeGreaterThan(0);
  });

  test('a code that comes back says that the phone is reached, and a receipt of before says nothing any more', async () => {
    const scene = await waiting();
    const code = scene.message.text.slice(0, 6);
    mire.clock.forward(5);
    await scene.browser.submit({ code });
    await providers().first.report(mire.issuer, [[scene.message.id, 'UNDELIV']]);
    expect((await person()).phoneRefusedAt).toBeUndefined();
  });

  test('a phone that is off is told, and not kept as dead', async () => {
    const scene = await waiting();
    await providers().first.report(mire.issuer, [[scene.message.id, 'EXPIRED']]);
    expect(await reload(scene)).not.toContain('vous a été envoyé');
    expect((await person()).phoneRefusedAt).toBeUndefined();
  });

  test.each([
    ['delivered after all', ['UNDELIV', 'DELIVRD']],
    ['delivered, and refused by mistake afterwards', ['DELIVRD', 'UNDELIV']],
    ['one thing after the other in one request, some twice', ['ENROUTE', 'UNDELIV', 'UNDELIV', 'DELIVRD', 'ENROUTE']],
  ])('a message that was %s has arrived', async (_, states) => {
    const scene = await waiting();
    await providers().first.report(
      mire.issuer,
      states.map((state) => [scene.message.id, state] as const),
    );
    expect((await person()).phoneRefusedAt).toBeUndefined();
    expect(await reload(scene)).toContain('vous a été envoyé');
  });

  test('nobody else can have somebody’s phone left out', async () => {
    const { message } = await waiting();
    const [id, states] = [message.id, [[message.id, 'UNDELIV']] as const];
    const unproven = await fetch(`${mire.issuer}/sms/receipts/first`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-signature': '0'.repeat(64) },
      body: JSON.stringify({ results: [{ messageId: id, status: 'UNDELIV' }] }),
    });
    expect(unproven.status).toBe(401);
    expect(await unproven.json()).toEqual({ error: 'unauthorized', support_code: expect.any(String) });
    expect(await counted('first', 'unproven')).toBe(1);
    // The other provider proves itself, and speaks of what it never had.
    expect((await providers().second.report(mire.issuer, states)).status).toBe(204);
    expect(await counted('second', 'not ours')).toBe(1);
    expect((await person()).phoneRefusedAt).toBeUndefined();
  });

  test('a message that nobody knows is counted, and no error', async () => {
    const before = (await counted('first', 'not ours')) ?? 0;
    expect((await providers().first.report(mire.issuer, [[NOBODY, 'UNDELIV']])).status).toBe(204);
    expect(await counted('first', 'not ours')).toBe(before + 1);
  });

  test('a body without end, of another kind or no JSON is refused', async () => {
    const post = (body: string, type = 'application/json') =>
      fetch(`${mire.issuer}/sms/receipts/first`, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await post(`{"results":"${'x'.repeat(70_000)}"}`)).status).toBe(413);
    expect((await post('hello', 'text/plain')).status).toBe(415);
    expect((await post('{')).status).toBe(400);
  });

  test('a provider that says in words that there is no such number is believed, though it answers 200', async () => {
    const { first, second } = providers();
    first.refuse('NO_SUCH_NUMBER');
    second.refuse('NO_SUCH_NUMBER');
    const { browser } = await begun();
    const page = await browser.submit({ channel: 'sms' });
    await until('the page to say so', async () =>
      (await browser.get(page.url.href)).body.includes('Nous n’arrivons pas à écrire à'),
    );
    await until('the phone to be kept as dead', async () => (await person()).phoneRefusedAt !== undefined);
    first.refuse(undefined);
    second.refuse(undefined);
  });
});
