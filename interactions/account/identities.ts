import type Router from '@koa/router';
import { z } from 'zod';
import type { ModeId } from '../../config/modes.ts';
import { type Account, type LinkedIdentity, NATIONAL_ID } from '../../src/accounts/account.ts';
import { beforeRemoving, removeIdentity } from '../../src/accounts/identities.ts';
import { identityWords } from '../../src/accounts/identity-words.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { readFields } from '../../src/http/form.ts';
import { spoken } from '../../src/spoken.ts';
import type { Storage } from '../../src/storage.ts';
import type { Translate } from '../layout/texts.ts';
import type { AccountPages } from './account.ts';
import { allButThis, type Person, type Screen } from './frame.ts';

const WAYS = '/compte/moyens';
const BY_REGISTER: readonly ModeId[] = ['cps', 'psc'];

/** Whether a session was opened by it: then it ends too. */
const opened = ({ source }: LinkedIdentity, mode: ModeId): boolean =>
  source === NATIONAL_ID ? BY_REGISTER.includes(mode) : mode === 'compte-local';

/** Other numbers of the same person go with the number itself. */
export const ownIdentities = async (storage: Storage, { id }: Account) =>
  (await storage.accounts.identitiesOf(id)).filter(({ alias }) => !alias);

async function hasAnotherWay(storage: Storage, account: Account, identity: LinkedIdentity): Promise<boolean> {
  const [password, keys, identities] = await Promise.all([
    storage.care.passwordSince(account.id),
    storage.passkeys.of(account.id),
    ownIdentities(storage, account),
  ]);
  return (
    password !== undefined ||
    keys.some(({ suspendedAt }) => !suspendedAt) ||
    identities.some(({ id }) => id !== identity.id)
  );
}

const nameOf = (t: Translate, { source }: LinkedIdentity) =>
  t(`account.identity.${source === NATIONAL_ID ? 'national' : 'structure'}`);

/** For the list of the ways to sign in. */
export const shownIdentity =
  ({ lang, zone }: Pick<Person, 'lang' | 'zone'>, t: Translate) =>
  (identity: LinkedIdentity) => ({
    id: identity.id,
    what: nameOf(t, identity),
    since: t(`account.identity.since.${identity.road}`, { since: spoken(identity.since, lang, zone) }),
  });

/** Cards and directories that open the account: seen in the list of ways, and taken away. */
export function identities(router: Router, { frame, storage, change }: AccountPages): void {
  const found = async ({ account }: Person, id: unknown): Promise<LinkedIdentity> => {
    const identity = (await ownIdentities(storage, account)).find((one) => one.id === id);
    if (!identity) throw new FlowError('not-found');
    return identity;
  };
  const question = async (person: Person, id: unknown): Promise<Screen> => {
    const identity = await found(person, id);
    return {
      view: 'identity',
      title: 'account.identity.title',
      keep: ['identite'],
      locals: (t) => ({
        id: identity.id,
        what: nameOf(t, identity),
        endsHere: opened(identity, person.live.signIn.mode),
      }),
    };
  };

  router.get(
    '/moyens/identite',
    frame.page(
      async (ctx, person) => frame.show(ctx, person, await question(person, ctx.query.identite)),
      'factors',
      WAYS,
    ),
  );
  router.post(
    '/moyens/identite/retirer',
    frame.form(
      async (ctx, person) => {
        const { account, asking, live } = person;
        const identity = await found(person, readFields(ctx, { identity: z.uuid() }).identity);
        if (!(await hasAnotherWay(storage, account, identity))) throw new UserError('identity-last');
        const before = await beforeRemoving(storage, account, identity);
        const ending = allButThis(person);
        await change({
          account,
          asking,
          event: 'account.identity-removed',
          details: { source: identity.source },
          tell: [{ template: 'identity-removed', params: { identity: identityWords(identity.source, asking.locale) } }],
          before,
          ending: opened(identity, live.signIn.mode) ? { ...ending, which: { accountId: account.id } } : ending,
          async work(tx) {
            if (!(await removeIdentity(tx, account, before))) throw new FlowError('account-changed');
          },
        });
        frame.done(ctx, WAYS, 'identity-removed');
      },
      async (ctx, person) => question(person, (ctx.request as { body?: { identity?: unknown } }).body?.identity),
      WAYS,
      'factors',
    ),
  );
}
