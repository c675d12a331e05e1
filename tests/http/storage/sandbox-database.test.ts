import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, signInByCode, signInByPassword } from '../../support/sign-in/journeys.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';

/** What `npm start` does on a machine without PostgreSQL. */
describe('on the database that the sandbox brings along', () => {
  let database: TestDatabase;
  let mire: RunningMire;
  beforeAll(async () => {
    database = await testDatabase('pglite');
    mire = await startMire({ database });
  });
  afterAll(async () => {
    await mire?.close();
    await database?.stop();
  });

  test('several people sign in at the same time, and a wrong password among them is refused', async () => {
    const ror = await Application.discover(mire.issuer, 'ror');
    const people = [
      MDURAND,
      { login: 'kbenali', password: 'Stethoscope-bleu-42' },
      { login: 'slefevre', password: 'Mortier-pilon-2026' },
      { login: 'tmartin', password: 'Agenda-partage-2026' },
    ];
    const names = people.map(async (person) => {
      const started = await ror.start();
      const back = await signInByPassword(new Browser(mire.issuer), started.url, person);
      return (await started.finish(back.url)).claims()?.acr;
    });
    const wrong = ror
      .start()
      .then(({ url }) => signInByPassword(new Browser(mire.issuer), url, { login: 'mdurand', password: 'x' }));
    expect(await Promise.all(names)).toEqual(people.map(() => 'eidas1'));
    expect((await wrong).status).toBe(401);
  });

  test('a one-time code arrives and signs in', async () => {
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const started = await messagerie.start();
    const back = await signInByCode(mire, new Browser(mire.issuer), started.url, { channel: 'sms' });
    expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
  });
});
