import type Router from '@koa/router';
import { z } from 'zod';
import type { Device } from '../../src/desktop/device.ts';
import { foreignText } from '../../src/foreign-text.ts';
import { readFields } from '../../src/http/form.ts';
import { spoken } from '../../src/spoken.ts';
import type { AccountPages } from './account.ts';
import type { Person, Screen } from './frame.ts';
import { shownPlace } from './place.ts';

const HERE = '/compte/appareils';
const ID = z.uuid();

/** The desktop applications of the account, as its page of devices shows them. */
export const shownDesktops = (devices: readonly Device[], { lang, zone }: Pick<Person, 'lang' | 'zone'>) =>
  devices.map(({ id, name, place, createdAt, lastUsedAt }) => ({
    id,
    name,
    place: shownPlace(place),
    since: spoken(createdAt, lang, zone),
    used: spoken(lastUsedAt, lang, zone),
  }));

/** Names a desktop application, or removes it: what it opened ends with it. */
export function desktops(
  router: Router,
  { frame, desktopSessions }: AccountPages,
  screen: (person: Person) => Promise<Screen>,
): void {
  router.post(
    '/appareils/bureau/renommer',
    frame.form(
      async (ctx, person) => {
        const { device, name } = readFields(ctx, { device: ID, name: foreignText(60) });
        await desktopSessions.rename(person.account.id, device, name, person.asking.request);
        frame.done(ctx, HERE, 'desktop-renamed');
      },
      async (_ctx, person) => screen(person),
      HERE,
    ),
  );
  router.post(
    '/appareils/bureau/retirer',
    frame.form(
      async (ctx, person) => {
        const { device } = readFields(ctx, { device: ID });
        await desktopSessions.revoke(person.account.id, device, person.asking.request, person.uid);
        frame.done(ctx, HERE, 'desktop-removed');
      },
      async (_ctx, person) => screen(person),
      HERE,
    ),
  );
}
