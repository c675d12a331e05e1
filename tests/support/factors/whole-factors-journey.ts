import { codeOf } from '../../../src/challenges/hotp.ts';
import type { TemplateId } from '../../../src/delivery/templates.ts';
import { periodOf } from '../../../src/factors/totp.ts';
import { Browser } from '../http/browser.ts';
import type { Wire } from '../http/wire.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND, newestCode } from '../sign-in/journeys.ts';

export const CHOSEN = { first: 'girafe-bitume-melodie-77', second: 'tulipe-granit-boussole-31' };
const START = '/mot-de-passe-oublie';

/** A code as it is shown, and as it is compared. */
function noteCode(wire: Wire, kind: string, code: string): void {
  wire.note(kind, code);
  wire.note(kind, code.replaceAll('-', ''));
}

/** The undo code of the newest notice of a kind, as the worker reads it, sent or not. */
async function undoCode({ database, sandbox }: RunningMire, template: TemplateId): Promise<string> {
  const [row] = await database.database('notices').where({ template }).orderBy('created_at', 'desc').select('id');
  const { params } = (await sandbox.parts.storage.notices.byId(row?.id)) ?? {};
  const code = params?.code ?? params?.undo?.split('#')[1];
  if (!code) throw new Error(`no undo code in the notice ${template}`);
  return code;
}

const bits = (base32: string) =>
  [...base32].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');

/** The bytes that a seed in base32 stands for: they are as good as it. */
export const bytesOf = (base32: string): Buffer =>
  Buffer.from(
    bits(base32)
      .match(/.{8}/g)
      ?.map((byte) => Number.parseInt(byte, 2)) ?? [],
  );

/**
 * A person adds an application and codes on paper, changes their password and takes it back, signs in with each factor
 * and recovers the account: with all that is secret of it written down.
 */
export async function factorsJourney(mire: RunningMire, wire: Wire, pause: () => Promise<void>): Promise<void> {
  const browser = new Browser(mire.issuer);
  await browser.get(`${mire.issuer}/compte/entrer?retour=/compte/moyens/application&mode=code-ephemere`);
  await browser.submit(MDURAND);
  await browser.submit({ channel: 'mail' });
  const enrolling = await browser.submit({ code: (await newestCode(mire)).code });
  const seed = enrolling.page.querySelector('.big-code')?.text.replaceAll(' ', '') ?? '';
  wire.note('authenticator seed', seed);
  wire.note('authenticator seed', bytesOf(seed).toString('hex'));
  wire.note('authenticator seed', bytesOf(seed).toString('base64'));
  await pause();
  const totp = () => codeOf(seed, periodOf(mire.clock.now()));
  await browser.submit({ code: totp() });
  await browser.get('/compte/moyens/codes');
  const shown = await browser.submit({}, '/codes');
  const paper = shown.page.querySelectorAll('li code').map(({ text }) => text);
  for (const code of paper) noteCode(wire, 'recovery code', code);
  noteCode(wire, 'undo code', await undoCode(mire, 'authenticator-added'));
  await browser.get('/compte/mot-de-passe');
  wire.note('new password', CHOSEN.first);
  await browser.submit({ new_password: CHOSEN.first, new_password_confirmation: CHOSEN.first });
  const undo = await undoCode(mire, 'password-changed');
  noteCode(wire, 'undo code', undo);
  await pause();

  const other = new Browser(mire.issuer);
  await other.get(`${mire.issuer}/compte/entrer?retour=/compte&mode=code-ephemere`);
  const second = await other.submit({ ...MDURAND, password: CHOSEN.first });
  await other.get(second.url.pathname.replace(/\/app$/, '/recovery'));
  await other.submit({ recovery_code: 'AAAAA-AAAAA' });
  const inside = await other.submit({ recovery_code: paper[0] ?? '' });
  if (inside.url.pathname !== '/compte') throw new Error(`a code on paper led to ${inside.url.pathname}`);
  await pause();

  const stranger = new Browser(mire.issuer);
  await stranger.get(`${mire.issuer}/compte/annuler`);
  await stranger.submit({ undo_code: 'ABCDE-FGHJK-23456-789AB' });
  const undone = await stranger.submit({ undo_code: undo });
  if (undone.url.pathname !== '/compte/annule') throw new Error(`an undo code led to ${undone.url.pathname}`);
  await pause();

  const lost = new Browser(mire.issuer);
  await lost.get(`${mire.issuer}${START}`);
  await lost.submit({ login: MDURAND.login });
  const sent = await newestCode(mire);
  wire.note('seed of a mail', sent.seed);
  wire.note('code of a mail', sent.code);
  await pause();
  await lost.submit({ code: sent.code }, '/code');
  await lost.submit({ recovery_code: paper[1] ?? '' });
  wire.note('new password', CHOSEN.second);
  const recovered = await lost.submit({
    new_password: CHOSEN.second,
    new_password_confirmation: CHOSEN.second,
  });
  if (recovered.url.pathname !== `${START}/fait`) throw new Error(`the recovery led to ${recovered.url.pathname}`);
  for (const cookie of await lost.jar.getCookies(mire.issuer)) {
    if (cookie.key === 'mire_recovery') wire.note('recovery in progress', cookie.value);
  }
  noteCode(wire, 'undo code', await undoCode(mire, 'password-changed'));
  await pause();
}
