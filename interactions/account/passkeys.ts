import type Router from '@koa/router';
import { z } from 'zod';
import { CREDENTIAL_MAX } from '../../src/factors/credential-json.ts';
import { foreignText } from '../../src/foreign-text.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import { noStore } from '../../src/http/headers.ts';
import type { AccountPages } from './account.ts';
import { allButThis, type Person, type Screen } from './frame.ts';

const WAYS = '/compte/moyens';
const HERE = '/compte/moyens/cle-acces';
const NAME_MAX = 60;
const named = foreignText(NAME_MAX);
/** None, and the key is called after its maker. */
const maybeNamed = z.union([z.string().regex(/^\s*$/), named]).optional();

const adding: Screen = { view: 'passkey', title: 'account.passkey.title' };

/** Keys that their owner adds, names and removes. */
export function passkeys(router: Router, { frame, storage, ceremonies, change, clock }: AccountPages): void {
  const contextOf = (person: Person) => `compte:${person.uid}`;
  const keyOf = async (person: Person, id: unknown) => {
    const found = (await storage.passkeys.of(person.account.id)).find((one) => one.id === id);
    if (!found) throw new FlowError('not-found');
    return found;
  };
  const one = async (person: Person, id: unknown): Promise<Screen> => {
    const { id: passkey, name, suspendedAt } = await keyOf(person, id);
    return {
      view: 'passkey-one',
      title: 'account.passkey.one',
      keep: ['cle'],
      locals: () => ({ passkey, name, suspended: suspendedAt !== undefined }),
    };
  };
  const asked = (ctx: { request: object }) => (ctx.request as { body?: { passkey?: unknown } }).body?.passkey;

  router.get(
    '/moyens/cle-acces',
    frame.page(async (ctx, person) => frame.show(ctx, person, adding), 'factors'),
  );
  router.post(
    '/moyens/cle-acces/options',
    frame.form(
      async (ctx, person) => {
        noStore(ctx);
        ctx.body = await ceremonies.registrationOptions(person.account, contextOf(person));
      },
      async () => adding,
      HERE,
      'factors',
    ),
  );
  router.post(
    '/moyens/cle-acces',
    frame.form(
      async (ctx, person) => {
        const { credential, name } = readFields(ctx, {
          credential: required(CREDENTIAL_MAX),
          name: maybeNamed,
        });
        const { account, asking } = person;
        const added = await ceremonies.registered(account, contextOf(person), credential, name ?? '');
        await change({
          account,
          asking,
          event: 'passkey.added',
          details: { passkey: added.id, aaguid: added.aaguid, synced: added.synced, format: added.attestationFormat },
          tell: [{ template: 'passkey-added', params: { name: added.name } }],
          before: { kind: 'passkey-added', id: added.id },
          async work(tx) {
            if (!(await tx.passkeys.insert(added))) throw new UserError('passkey-known');
          },
        });
        frame.done(ctx, WAYS, 'passkey');
      },
      async () => adding,
      HERE,
      'factors',
    ),
  );
  router.get(
    '/moyens/cle-acces/une',
    frame.page(async (ctx, person) => frame.show(ctx, person, await one(person, ctx.query.cle)), 'factors', WAYS),
  );
  router.post(
    '/moyens/cle-acces/renommer',
    frame.form(
      async (ctx, person) => {
        const { passkey, name } = readFields(ctx, { passkey: z.uuid(), name: named });
        const { supportCode, address } = person.asking.request;
        await storage.transaction(async (tx) => {
          if (!(await tx.passkeys.rename(person.account.id, passkey, name))) throw new FlowError('not-found');
          const details = { passkey };
          await tx.audit.write({
            event: 'passkey.renamed',
            accountId: person.account.id,
            supportCode,
            address,
            details,
          });
        });
        frame.done(ctx, WAYS, 'preferences');
      },
      async (ctx, person) => one(person, asked(ctx)),
      WAYS,
      'factors',
    ),
  );
  router.post(
    '/moyens/cle-acces/retirer',
    frame.form(
      async (ctx, person) => {
        const { passkey } = readFields(ctx, { passkey: z.uuid() });
        const { account, asking } = person;
        const { name } = await keyOf(person, passkey);
        await change({
          account,
          asking,
          event: 'passkey.removed',
          details: { passkey },
          tell: [{ template: 'passkey-removed', params: { name } }],
          before: { kind: 'passkey-removed', id: passkey },
          ending: allButThis(person),
          async work(tx) {
            if (!(await tx.passkeys.remove(account.id, passkey, clock()))) throw new FlowError('account-changed');
          },
        });
        frame.done(ctx, WAYS, 'passkey-removed');
      },
      async (ctx, person) => one(person, asked(ctx)),
      WAYS,
      'factors',
    ),
  );
}
