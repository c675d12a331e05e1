import type Router from '@koa/router';
import { z } from 'zod';
import { channelsOf } from '../../src/accounts/account.ts';
import { masked } from '../../src/challenges/codes.ts';
import { readFields } from '../../src/http/form.ts';
import { spoken } from '../../src/spoken.ts';
import type { AccountPages } from './account.ts';
import type { Person, Screen } from './frame.ts';
import { ownIdentities, shownIdentity } from './identities.ts';

const HERE = '/compte/moyens';

/** Every way this person can sign in, and what they prefer. */
export function ways(router: Router, { frame, storage }: AccountPages): void {
  async function screen({ account, lang, zone }: Person): Promise<Screen> {
    const { id } = account;
    const [identities, passkeys, authenticator, codesLeft, tellsEach, passwordSince] = await Promise.all([
      ownIdentities(storage, account),
      storage.passkeys.of(id),
      storage.authenticators.of(id),
      storage.recoveryCodes.left(id),
      storage.preferences.tellsEach(id),
      storage.care.passwordSince(id),
    ]);
    const channels = channelsOf(account);
    const preferred = authenticator?.preferred ? 'app' : channels[0];
    return {
      view: 'ways',
      title: 'account.ways.title',
      locals: (t) => ({
        identities: identities.map(shownIdentity({ lang, zone }, t)),
        passwordSince: passwordSince && spoken(passwordSince, lang, zone),
        passkeys: passkeys.map(({ id: key, name, createdAt, lastUsedAt, suspendedAt, synced }) => ({
          id: key,
          name,
          synced,
          suspended: suspendedAt !== undefined,
          added: spoken(createdAt, lang, zone),
          used: lastUsedAt && spoken(lastUsedAt, lang, zone),
        })),
        authenticatorSince: authenticator?.confirmedAt && spoken(authenticator.confirmedAt, lang, zone),
        codesLeft,
        tellsEach,
        seconds: [
          ...(authenticator ? [{ id: 'app', detail: '', checked: preferred === 'app' }] : []),
          ...channels.map((channel) => ({
            id: channel,
            detail: masked(channel, (channel === 'mail' ? account.email : account.phone) ?? ''),
            checked: preferred === channel,
          })),
        ],
      }),
    };
  }

  router.get(
    '/moyens',
    frame.page(async (ctx, person) => frame.show(ctx, person, await screen(person))),
  );
  router.post(
    '/preferences',
    frame.form(
      async (ctx, person) => {
        const { second, each } = readFields(ctx, {
          second: z.enum(['app', 'mail', 'sms']).optional(),
          each: z.literal('yes').optional(),
        });
        const { account } = person;
        const { supportCode, address } = person.asking.request;
        await storage.transaction(async (tx) => {
          await tx.preferences.setTellsEach(account.id, each === 'yes');
          if (second) await tx.authenticators.prefer(account.id, second === 'app');
          if (second && second !== 'app' && channelsOf(account).includes(second))
            await tx.accounts.setPreferredChannel(account.id, second);
          await tx.audit.write({
            event: 'account.preferences-changed',
            accountId: account.id,
            supportCode,
            address,
            details: { tellsEach: each === 'yes', ...(second ? { second } : {}) },
          });
        });
        frame.done(ctx, HERE, 'preferences');
      },
      async (_ctx, person) => screen(person),
      HERE,
    ),
  );
}
