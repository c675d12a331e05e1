import type Router from '@koa/router';
import { z } from 'zod';
import { MODE_IDS } from '../../config/modes.ts';
import type { PastSignIn } from '../../src/accounts/care.ts';
import { FlowError } from '../../src/http/errors.ts';
import { readFields } from '../../src/http/form.ts';
import { spoken } from '../../src/spoken.ts';
import { shownBrowser } from '../browser-name.ts';
import { texts as modes } from '../modes/texts.ts';
import type { AccountPages } from './account.ts';
import type { Person, Screen } from './frame.ts';
import { shownPlace } from './place.ts';

const HERE = '/compte/historique';
const SHOWN = 50;
const PASSWORDS = ['login-mdp', 'code-ephemere'];

/** What opened the door that closes. */
function opening({ mode, passkeyId, deviceId }: PastSignIn): 'password' | 'passkey' | 'device' | 'door' {
  if (PASSWORDS.includes(mode)) return 'password';
  if (passkeyId) return 'passkey';
  return deviceId ? 'device' : 'door';
}

/** Every sign-in, and the way to say that one was somebody else's. */
export function history(router: Router, { frame, storage, care, names, desktopSessions }: AccountPages): void {
  async function screen({ account, live, lang, zone }: Person): Promise<Screen> {
    const [lines, doors] = await Promise.all([
      storage.care.history(account.id, SHOWN),
      storage.care.closedDoors(account.id),
    ]);
    const applications = await names(lines.map(({ clientId }) => clientId));
    return {
      view: 'history',
      title: 'account.history.title',
      locals: (t) => ({
        closed: doors.map(({ mode, at }) => ({ mode, label: t(`mode.${mode}.label`), at: spoken(at, lang, zone) })),
        signIns: lines.map((line) => ({
          id: line.id,
          mine: line.id === live.signIn.id,
          when: spoken(line.authenticatedAt, lang, zone),
          application: applications.get(line.clientId) ?? line.clientId,
          mode: t(`mode.${line.mode}.label`),
          level: t(`account.level.${line.acr}`),
          place: shownPlace(line.place),
          browser: shownBrowser(line.userAgent, lang),
        })),
      }),
    };
  }

  /** One question before a door closes: what will happen, in words. */
  const question = async (person: Person, id: string): Promise<Screen> => {
    const past = (await storage.care.history(person.account.id, SHOWN)).find((one) => one.id === id);
    if (!past || past.id === person.live.signIn.id) throw new FlowError('not-found');
    return {
      view: 'not-me',
      title: 'account.not-me.title',
      keep: ['connexion'],
      locals: (t) => ({
        id,
        when: spoken(past.authenticatedAt, person.lang, person.zone),
        mode: t(`mode.${past.mode}.label`),
        what: t(`account.not-me.${opening(past)}`),
      }),
    };
  };

  router.get(
    '/historique',
    frame.page(async (ctx, person) => frame.show(ctx, person, await screen(person))),
  );
  router.get(
    '/historique/pas-moi',
    frame.page(
      async (ctx, person) => frame.show(ctx, person, await question(person, String(ctx.query.connexion))),
      undefined,
      HERE,
    ),
  );
  router.post(
    '/historique/pas-moi',
    frame.form(
      async (ctx, person) => {
        const { id } = readFields(ctx, { id: z.uuid() });
        if (id === person.live.signIn.id) throw new FlowError('step-out-of-order');
        const { mode, deviceId } =
          (await storage.care.history(person.account.id, 500)).find((one) => one.id === id) ?? {};
        if (!mode) throw new FlowError('not-found');
        // First: should what follows fail, the desktop that somebody else holds is shut out all the same.
        if (deviceId) await desktopSessions.revoke(person.account.id, deviceId, person.asking.request, person.uid);
        await care.notMe(person.account, id, person.asking, person.uid, modes[person.lang][`mode.${mode}.label`]);
        frame.done(ctx, HERE, 'disowned');
      },
      async (_ctx, person) => screen(person),
      HERE,
    ),
  );
  router.post(
    '/historique/rouvrir',
    frame.form(
      async (ctx, person) => {
        const { mode } = readFields(ctx, { mode: z.enum(MODE_IDS) });
        await care.openDoor(person.account, mode, person.asking, modes[person.lang][`mode.${mode}.label`]);
        frame.done(ctx, HERE, 'door');
      },
      async (_ctx, person) => screen(person),
      HERE,
      'doors',
    ),
  );
}
