import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { z } from 'zod';
import { CODE } from '../../config/lives.ts';
import type { Account } from '../../src/accounts/account.ts';
import type { Circumstances } from '../../src/accounts/circumstances.ts';
import { LOGIN_MAX } from '../../src/accounts/login-key.ts';
import type { SelfCare } from '../../src/accounts/self-care.ts';
import { isFreshProof, requiredProof } from '../../src/assurance/fresh-proof.ts';
import { type Codes, masked } from '../../src/challenges/codes.ts';
import type { Clock } from '../../src/clock.ts';
import { meaningOf } from '../../src/delivery/answers.ts';
import { logRefusal } from '../../src/http/error-page.ts';
import { FlowError, MireError, UserError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import { allowForms } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Log } from '../../src/log.ts';
import { spoken } from '../../src/spoken.ts';
import type { Storage } from '../../src/storage.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Entry } from '../entry.ts';
import { errorLocals } from '../error/form-errors.ts';
import { type StoredProof, toRow } from '../flow.ts';
import type { LeaveLocals } from '../layout/locals.ts';
import type { Pages } from '../layout/renderer.ts';
import type { Visit } from '../visit.ts';

export interface MailQuestionParts {
  readonly pages: Pages;
  readonly entry: Entry;
  readonly dispatcher: Dispatcher;
  readonly storage: Storage;
  readonly codes: Codes;
  readonly care: SelfCare;
  readonly circumstances: Circumstances;
  readonly clock: Clock;
  readonly log: Log;
  readonly leave: (visit: Visit) => LeaveLocals;
}

/** Somebody of whom a mail that works is asked, in a sign-in that proved who they are. */
interface Asked {
  readonly visit: Visit;
  readonly account: Account & { readonly email: string };
  readonly proof: StoredProof;
  /** The code under way. */
  readonly challengeId: string | undefined;
}

type Step = 'address' | 'code';

const mail = required(LOGIN_MAX).trim().pipe(z.email());

function typedIn(ctx: RouterContext): string {
  const typed = (ctx.request as { body?: { email?: unknown } }).body?.email;
  return typeof typed === 'string' ? typed.slice(0, LOGIN_MAX) : '';
}

/** "We cannot write to you any more": another address, the same one if it works, or later. */
export function createMailQuestion(router: Router, parts: MailQuestionParts) {
  const { pages, entry, dispatcher, storage, codes, care, circumstances, clock, log, leave } = parts;

  async function asked(ctx: RouterContext, visit: Visit): Promise<Asked> {
    const { flow } = visit;
    if (flow.stage !== 'proved' || (await dispatcher.question(ctx, visit)) !== 'mail')
      throw new FlowError('step-out-of-order');
    const account = await storage.accounts.byId(flow.proof.accountId);
    if (!account?.email) throw new FlowError('step-out-of-order');
    return { visit, account: { ...account, email: account.email }, proof: flow.proof, challengeId: flow.mail };
  }

  const home = ({ uid }: Visit) => `/interaction/${uid}`;
  const onward = (ctx: RouterContext, visit: Visit) => {
    ctx.status = 303;
    ctx.redirect(home(visit));
  };

  /** The same that the pages of the account ask for; whoever sits down at a page left open changes nothing. */
  function checkFresh({ proof }: Asked): void {
    const given = { acr: proof.acr, authenticatedAt: new Date(proof.at) };
    if (!isFreshProof(given, requiredProof('contact'), clock())) throw new UserError('mail-proof-old');
  }

  async function challengeOf({ challengeId, account }: Asked) {
    const challenge = challengeId ? await codes.byId(challengeId) : undefined;
    if (challenge?.accountId !== account.id || challenge.purpose !== 'verify-mail')
      throw new FlowError('step-out-of-order');
    return challenge;
  }

  async function send(ctx: RouterContext, person: Asked, destination: string): Promise<void> {
    checkFresh(person);
    const { visit, account, proof, challengeId } = person;
    await codes.sendTo(
      {
        accountId: account.id,
        channel: 'mail',
        destination,
        purpose: 'verify-mail',
        flow: `${visit.uid}:address`,
        locale: visit.lang,
        clientId: visit.application.clientId,
        application: visit.application.name,
        zone: circumstances.zoneOf(account),
        request: requestInfo(ctx.req),
        current: challengeId,
      },
      async (tx, id) => {
        const next = toRow({ stage: 'proved', proof, mail: id });
        if (!(await tx.flows.move(visit.place, next))) throw new FlowError('step-out-of-order');
      },
    );
    onward(ctx, visit);
  }

  async function codeLocals(person: Asked) {
    const { destination, trouble, sentAt, expiresAt } = await challengeOf(person);
    const now = clock().getTime();
    return {
      // What they typed a moment ago is shown whole, so that a slip is seen.
      destination: destination === person.account.email ? masked('mail', destination) : destination,
      trouble: trouble && meaningOf(trouble).told,
      expiresInMinutes: Math.max(0, Math.ceil(((expiresAt?.getTime() ?? now) - now) / 60_000)),
      resendInSeconds: Math.max(0, Math.ceil(CODE.resendAfter - (now - (sentAt?.getTime() ?? 0)) / 1000)),
    };
  }

  async function show(ctx: RouterContext, step: Step, person: Asked, error?: UserError): Promise<void> {
    const { visit, account } = person;
    const since = spoken(account.emailRefusedAt ?? clock(), visit.lang, circumstances.zoneOf(account));
    const code = step === 'code' ? await codeLocals(person) : {};
    allowForms(ctx, visit.formTargets);
    const retryAfter = error?.detail.retryAfter;
    if (retryAfter !== undefined) ctx.set('retry-after', String(Math.ceil(Number(retryAfter))));
    await pages.show(ctx, {
      view: `interactions/mail/${step}`,
      title: `dead-mail.title.${step}`,
      status: error?.status ?? 200,
      lang: visit.lang,
      locals: (t) => ({
        application: visit.application.name,
        base: `${home(visit)}/mail`,
        masked: masked('mail', account.email),
        since,
        values: { email: typedIn(ctx) },
        ...code,
        ...leave(visit),
        ...(error ? errorLocals(error, t) : {}),
      }),
    });
  }

  /** A form of the question: what is wrong with what was sent is shown beside it. */
  const form =
    (step: Step, handler: (ctx: RouterContext, person: Asked) => Promise<void>) => async (ctx: RouterContext) => {
      const visit = await entry.posted(ctx, ['proved']);
      const person = await asked(ctx, visit);
      try {
        await handler(ctx, person);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        logRefusal(log, ctx.req, error);
        try {
          await show(ctx, step, person, error);
        } catch (second) {
          throw second instanceof MireError ? error : second;
        }
      }
    };

  router.post(
    '/mail',
    form('address', (ctx, person) => send(ctx, person, readFields(ctx, { email: mail }).email)),
  );
  router.post(
    '/mail/same',
    form('address', (ctx, person) => send(ctx, person, person.account.email)),
  );
  router.post(
    '/mail/resend',
    form('code', async (ctx, person) => send(ctx, person, (await challengeOf(person)).destination)),
  );
  router.post(
    '/mail/code',
    form('code', async (ctx, person) => {
      const { visit, account } = person;
      const { code } = readFields(ctx, { code: required(40) });
      const { id, destination } = await challengeOf(person);
      const request = requestInfo(ctx.req);
      const checked = await checkedCode(id, code, visit, request);
      await care.contact(account, 'mail', destination, { locale: visit.lang, request }, checked.spend);
      await checked.succeeded();
      await dispatcher.accepted(ctx, visit);
    }),
  );
  router.post('/mail/later', async (ctx) => dispatcher.accepted(ctx, await entry.posted(ctx, ['proved']), 'mail'));

  /** A code that is over: the same page offers another one. */
  async function checkedCode(
    id: string,
    code: string,
    { application }: Visit,
    request: ReturnType<typeof requestInfo>,
  ) {
    try {
      return await codes.check(id, code, application.clientId, request);
    } catch (error) {
      if (error instanceof FlowError && (error.code === 'code-expired' || error.code === 'code-too-many-tries'))
        throw new UserError(error.code);
      throw error;
    }
  }

  // Back to the address, from the page of the code.
  router.get('/mail', async (ctx) => {
    await show(ctx, 'address', await asked(ctx, await entry.visit(ctx, ['proved'])));
  });
  for (const path of ['/mail/code', '/mail/same', '/mail/resend'])
    router.get(path, async (ctx) => onward(ctx, await entry.visit(ctx, ['proved'])));

  return async (ctx: RouterContext, visit: Visit): Promise<void> => {
    const person = await asked(ctx, visit);
    await show(ctx, person.challengeId ? 'code' : 'address', person);
  };
}
