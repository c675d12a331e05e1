import { randomUUID } from 'node:crypto';
import type Router from '@koa/router';
import { encode } from 'uqr';
import { z } from 'zod';
import { stands } from '../../src/accounts/since.ts';
import { newSeed, readCode } from '../../src/challenges/hotp.ts';
import { newRecoveryCodes } from '../../src/factors/recovery-codes.ts';
import { enrolment, periodThatFits } from '../../src/factors/totp.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import type { AccountPages } from './account.ts';
import { allButThis, type Person, type Screen } from './frame.ts';

const WAYS = '/compte/moyens';
const HERE = '/compte/moyens/application';

/** The dark squares as one path, so that the drawing needs no style. */
function drawn(text: string) {
  const { size, data } = encode(text, { ecc: 'M', border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return { size, path };
}

/** An authenticator application, and the codes on paper for the day it is lost. */
export function authenticator(router: Router, pages: AccountPages): void {
  const { frame, storage, settings, change, clock, codesAccepted } = pages;

  async function enrolling({ account }: Person, id: string): Promise<Screen> {
    const pending = await storage.authenticators.byId(account.id, id);
    const seed = pending && !pending.confirmedAt ? await storage.authenticators.seedOf(id) : undefined;
    if (seed === undefined) throw new FlowError('step-out-of-order');
    const label = account.login ?? account.email ?? account.id;
    return {
      view: 'authenticator',
      title: 'account.authenticator.title',
      locals: () => ({
        id,
        qr: drawn(enrolment(seed, settings.PLATFORM_NAME, label)),
        seed: seed.replace(/(.{4})(?=.)/g, '$1 '),
      }),
    };
  }

  const fresh = async (person: Person): Promise<Screen> => {
    const id = randomUUID();
    await storage.transaction((tx) =>
      tx.authenticators.insert({ id, accountId: person.account.id, seed: newSeed(), at: clock() }),
    );
    return enrolling(person, id);
  };

  router.get(
    '/moyens/application',
    frame.page(async (ctx, person) => {
      if (await storage.authenticators.of(person.account.id)) return frame.done(ctx, WAYS);
      await frame.show(ctx, person, await fresh(person));
    }, 'factors'),
  );
  router.post(
    '/moyens/application',
    frame.form(
      async (ctx, { account, asking }) => {
        const { id, code } = readFields(ctx, { id: z.uuid(), code: required(40) });
        const typed = readCode(code);
        if (typed === undefined) throw new UserError('code-malformed');
        await codesAccepted(account.id, asking.request, async () => {
          const seed = await storage.authenticators.seedOf(id);
          const mine = await storage.authenticators.byId(account.id, id);
          if (mine && !stands(account, mine.createdAt)) throw new FlowError('proof-overtaken');
          const period = seed === undefined || !mine ? undefined : periodThatFits(seed, typed, clock());
          if (period === undefined) throw new UserError('authenticator-code-wrong');
          await change({
            account,
            asking,
            event: 'authenticator.added',
            tell: [{ template: 'authenticator-added' }],
            before: { kind: 'authenticator-added', id },
            async work(tx) {
              if (!(await tx.authenticators.takeStep(id, period))) throw new UserError('authenticator-code-wrong');
              if (!(await tx.authenticators.confirm(account.id, id, clock()))) throw new FlowError('account-changed');
            },
          });
        });
        frame.done(ctx, WAYS, 'authenticator');
      },
      async (ctx, person) => {
        const read = z.uuid().safeParse((ctx.request as { body?: { id?: unknown } }).body?.id);
        return read.success ? enrolling(person, read.data) : fresh(person);
      },
      HERE,
      'factors',
    ),
  );
  router.post(
    '/moyens/application/retirer',
    frame.form(
      async (ctx, person) => {
        const { account, asking } = person;
        const current = await storage.authenticators.of(account.id);
        if (!current) throw new FlowError('account-changed');
        await change({
          account,
          asking,
          event: 'authenticator.removed',
          tell: [{ template: 'authenticator-removed' }],
          before: { kind: 'authenticator-removed', id: current.id },
          ending: allButThis(person),
          async work(tx) {
            if ((await tx.authenticators.remove(account.id, clock())) !== current.id)
              throw new FlowError('account-changed');
          },
        });
        frame.done(ctx, WAYS, 'authenticator-removed');
      },
      async () => ({ view: 'codes-question', title: 'account.codes.title' }),
      WAYS,
      'factors',
    ),
  );

  const question: Screen = { view: 'codes-question', title: 'account.codes.title' };
  router.get(
    '/moyens/codes',
    frame.page(async (ctx, person) => frame.show(ctx, person, question), 'factors'),
  );
  /** Shown in the answer itself: they stand nowhere in clear, so there is no other page to show them on. */
  router.post(
    '/moyens/codes',
    frame.form(
      async (ctx, person) => {
        const { account, asking } = person;
        const codes = newRecoveryCodes();
        await change({
          account,
          asking,
          event: 'recovery-codes.made',
          tell: [{ template: 'recovery-codes-made' }],
          before: { kind: 'recovery-codes' },
          work: (tx) => tx.recoveryCodes.replace(account.id, codes, clock()),
        });
        await frame.show(ctx, person, { view: 'codes', title: 'account.codes.title', locals: () => ({ codes }) });
      },
      async () => question,
      '/compte/moyens/codes',
      'factors',
    ),
  );
}
