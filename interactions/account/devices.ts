import type Router from '@koa/router';
import { z } from 'zod';
import { FlowError } from '../../src/http/errors.ts';
import { readFields } from '../../src/http/form.ts';
import { hashId } from '../../src/protection/secrets.ts';
import { spoken } from '../../src/spoken.ts';
import { shownBrowser } from '../browser-name.ts';
import type { AccountPages } from './account.ts';
import { desktops, shownDesktops } from './desktops.ts';
import type { Person, Screen } from './frame.ts';
import { shownPlace } from './place.ts';

const HERE = '/compte/appareils';
const HASH = z.string().regex(/^[0-9a-f]{64}$/);

/** Where the account is signed in now. The hash of a session names it and opens nothing. */
export function devices(router: Router, pages: AccountPages): void {
  const { frame, storage, logout, names } = pages;
  async function screen(person: Person): Promise<Screen> {
    const mine = hashId(person.uid);
    const sessions = await storage.signIns.sessionsOf(person.account.id);
    const own = await storage.desktopDevices.of(person.account.id);
    const applications = await names(sessions.flatMap(({ clientIds }) => clientIds));
    return {
      view: 'devices',
      title: 'account.devices.title',
      locals: (t) => ({
        desktops: shownDesktops(own, person),
        sessions: sessions.map(({ uidHash, startedAt, userAgent, place, signIn, clientIds }) => ({
          hash: uidHash.toString('hex'),
          mine: uidHash.equals(mine),
          browser: shownBrowser(userAgent, person.lang),
          place: shownPlace(place),
          since: spoken(startedAt, person.lang, person.zone),
          mode: t(`mode.${signIn.mode}.label`),
          applications: clientIds.map((id) => applications.get(id) ?? id),
        })),
      }),
    };
  }

  desktops(router, pages, screen);

  router.get(
    '/appareils',
    frame.page(async (ctx, person) => frame.show(ctx, person, await screen(person))),
  );
  router.post(
    '/appareils/fermer',
    frame.form(
      async (ctx, person) => {
        const { session } = readFields(ctx, { session: HASH });
        const uidHash = Buffer.from(session, 'hex');
        if (uidHash.equals(hashId(person.uid))) throw new FlowError('step-out-of-order');
        const { supportCode, address } = person.asking.request;
        const line = { accountId: person.account.id, supportCode, address };
        await logout.end({ uidHash, accountId: person.account.id }, 'owner', { everything: true, line });
        frame.done(ctx, HERE, 'session');
      },
      async (_ctx, person) => screen(person),
      HERE,
    ),
  );
  router.post(
    '/appareils/fermer-les-autres',
    frame.form(
      async (ctx, person) => {
        const { supportCode, address } = person.asking.request;
        const line = { accountId: person.account.id, supportCode, address };
        await logout.end({ accountId: person.account.id, except: person.uid }, 'owner', { everything: true, line });
        frame.done(ctx, HERE, 'sessions');
      },
      async (_ctx, person) => screen(person),
      HERE,
    ),
  );
}
