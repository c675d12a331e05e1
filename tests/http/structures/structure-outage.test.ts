import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { texts as errors } from '../../../interactions/error/texts.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { inTime } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { cutWire } from '../../support/servers/cut-wire.ts';
import { type OwnSlapd, ownSlapd } from '../../support/servers/own-slapd.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import { addStructure, entryIdOf, hospital, linked, NURSE, signInAt } from '../../support/structures/structures.ts';

const shown = (text: string) => text.replace(/ ([:?!])/g, '\u00a0$1');
const alert = ({ page }: Visited) => page.querySelector('#erreur .alert-title')?.text;
/** Seconds: what stands for the thirty that a real one may take. */
const TIMEOUT = 1;

describeWith('slapd', 'a structure that is out of order', () => {
  let slapd: OwnSlapd;
  let mire: RunningMire;
  let ror: Application;
  let wire: Awaited<ReturnType<typeof cutWire>>;
  beforeAll(async () => {
    slapd = await ownSlapd([NURSE]);
    mire = await startMire();
    wire = await cutWire(new URL(slapd.ldaps), 636);
    const behindWire = { servers: [wire.url.replace(/\/$/, '')], timeout: TIMEOUT };
    await addStructure(mire, hospital(slapd, {}, behindWire));
    await addStructure(mire, hospital(slapd, { id: 'clinique', name: 'Clinique du Parc', finess: '690000002' }));
    for (const id of ['chu', 'clinique']) await linked(mire, id, await entryIdOf(slapd, NURSE.uid));
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterAll(async () => {
    await mire?.close();
    await wire?.stop();
    await slapd?.remove();
  });
  // Whatever the test before has left.
  beforeEach(async () => {
    await wire.mend();
    mire.clock.forward(60);
    expect((await attempt('chu')).url.href).toContain('code=');
  });

  const attempt = async (structure: string) => {
    const browser = new Browser(mire.issuer);
    await browser.get((await ror.start()).url);
    return signInAt(browser, structure, NURSE);
  };
  const everybodyElse = async () => {
    expect((await attempt('clinique')).url.href).toContain('code=');
    const browser = new Browser(mire.issuer);
    const started = await ror.start();
    expect((await started.finish((await signInByPassword(browser, started.url)).url)).claims()?.acr).toBe('eidas1');
  };
  const unavailable = shown(errors.fr['error.structure-unavailable.text']);

  test('slow beyond its timeout: said on its own page, soon, and nobody else waits', async () => {
    wire.hang();
    const both = Promise.all([attempt('chu'), everybodyElse()]);
    const [page] = await inTime('a page about a slow structure', both);
    expect([page.status, alert(page)]).toEqual([502, unavailable]);
    // The other ways and the other structures are on the page.
    expect(page.page.querySelectorAll('a.mode').length).toBeGreaterThan(3);
    expect(page.page.text).toContain('Choisir une autre structure');
    expect((await auditOf(mire, 'sign-in.structure-refused')).at(-1)?.details).toEqual({
      structure: 'chu',
      reason: 'structure-unavailable',
    });
  });

  test('after three outages it is left alone for a moment: the next one does not wait; then it is tried again', async () => {
    wire.hang();
    for (let outage = 0; outage < 3; outage += 1) await attempt('chu');
    const page = await attempt('chu');
    expect([page.status, alert(page)]).toEqual([502, unavailable]);
    expect(mire.logs.filter((line) => line.includes('"said":"out of order a moment ago"'))).toHaveLength(1);
    await wire.mend();
    // Still left alone, though it answers again.
    expect((await attempt('chu')).status).toBe(502);
    mire.clock.forward(21);
    expect((await attempt('chu')).url.href).toContain('code=');
  });

  test('killed while a password is on its way: a clear sentence, and the password is not sent again', async () => {
    const browser = new Browser(mire.issuer);
    await browser.get((await ror.start()).url);
    const answer = signInAt(browser, 'chu', NURSE);
    await wire.cut();
    const page = await answer;
    // Either it came through before the cut, or it is an outage: never a page of ours that is broken.
    if (page.status !== 0) expect([page.status, alert(page)]).toEqual([502, unavailable]);
    await everybodyElse();
  });

  test('frozen in the middle of a bind, then killed: the sign-in ends, and the process goes on', async () => {
    await slapd.server.freeze();
    const page = await attempt('chu');
    expect([page.status, alert(page)]).toEqual([502, unavailable]);
    await slapd.server.kill();
    expect(alert(await attempt('chu'))).toBe(unavailable);
    const browser = new Browser(mire.issuer);
    expect((await signInByPassword(browser, (await ror.start()).url)).url.href).toContain('code=');
    await slapd.server.start();
    mire.clock.forward(60);
    await everybodyElse();
  });

  test('another certificate under the same address hears no password, and the person is told so', async () => {
    await slapd.swapCertificate();
    const page = await attempt('chu');
    expect([page.status, alert(page)]).toEqual([502, shown(errors.fr['error.structure-untrusted.text'])]);
    expect(mire.logs.join('')).not.toContain(NURSE.password);
  });
});
