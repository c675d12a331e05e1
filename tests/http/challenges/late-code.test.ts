import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { begin } from '../../support/sign-in/steps.ts';

const LATE = { mail: 'la messagerie nous fait attendre', sms: 'l’opérateur nous fait attendre' };
const SENT = 'vous a été envoyé';

describe('a code that was acknowledged and has not left', () => {
  let mire: RunningMire;
  /** Whoever is to take the message says nothing, until the test lets them. */
  let answer: () => void = () => undefined;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterEach(() => {
    answer();
    jest.restoreAllMocks();
  });
  afterAll(() => mire.close());

  async function waiting(channel: 'mail' | 'sms') {
    const now = Date.now();
    // From here on only the test moves the clock: how long the machine takes is not counted.
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { mail, sms } = mire.sandbox.inbox;
    jest.spyOn(mail, 'send').mockImplementation(() => answered);
    jest.spyOn(sms, 'send').mockImplementation(() => answered.then(() => ({ provider: 'inbox' })));
    const { browser } = await begin(mire, { client: 'messagerie' });
    if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
    await browser.submit(MDURAND);
    const asked = await browser.submit({ channel });
    const again = async () => (await browser.get(asked.url.href)).body;
    return { asked, again };
  }
  const newest = () => mire.database.database('challenges').orderBy('created_at', 'desc').first();

  test.each(['mail', 'sms'] as const)('is told after thirty seconds, until it has left: %s', async (channel) => {
    const { asked, again } = await waiting(channel);
    expect(asked.body).toContain(SENT);
    mire.clock.forward(29);
    expect(await again()).toContain(SENT);
    mire.clock.forward(2);
    const late = await again();
    expect(late).toContain(LATE[channel]);
    expect(late).not.toContain(SENT);
    expect((await newest()).trouble).toBeNull();

    answer();
    const left = await until('the page to say that it has left', async () => {
      const body = await again();
      return body.includes(SENT) && body;
    });
    expect(left).not.toContain(LATE[channel]);
  });

  test('of a code that nobody is to get, nothing is said', async () => {
    const { again } = await waiting('mail');
    mire.clock.forward(31);
    expect(await again()).toContain(LATE.mail);
    const { id } = await newest();
    await mire.database.database('challenges').where({ id }).update({ decoy: true });
    expect(await again()).toContain(SENT);
  });
});
