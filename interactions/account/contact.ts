import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { z } from 'zod';
import { CODE } from '../../config/lives.ts';
import type { Channel } from '../../src/accounts/account.ts';
import { phoneNumber } from '../../src/accounts/import.ts';
import { LOGIN_MAX } from '../../src/accounts/login-key.ts';
import { OWN_CLIENT, OWN_CONTACT, OWN_NAME } from '../../src/clients/own-client.ts';
import { meaningOf } from '../../src/delivery/answers.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import type { AccountPages } from './account.ts';
import type { Person, Screen } from './frame.ts';

const HERE = OWN_CONTACT;
const PURPOSE = { mail: 'verify-mail', sms: 'verify-phone' } as const;
const mail = required(LOGIN_MAX).trim().pipe(z.email());
const phone = required(40).pipe(phoneNumber);
const step = z.uuid();

const addresses = (ctx: RouterContext, person: Person): Screen => {
  const body = (ctx.request as { body?: Record<string, unknown> }).body ?? {};
  const typed = (name: string) => (typeof body[name] === 'string' ? body[name].slice(0, LOGIN_MAX) : '');
  return {
    view: 'contact',
    title: 'account.contact.title',
    locals: () => ({
      email: person.account.email,
      emailVerified: person.account.emailVerified,
      phone: person.account.phone,
      phoneVerified: person.account.phoneVerified,
      values: { email: typed('email'), phone: typed('phone') },
    }),
  };
};

/** Mail and phone: a new one counts once a code that was sent there came back. */
export function contact(router: Router, { frame, codes, care, clock }: AccountPages): void {
  async function send(person: Person, channel: Channel, destination: string, current?: string): Promise<string> {
    let id = '';
    await codes.sendTo(
      {
        accountId: person.account.id,
        channel,
        destination,
        purpose: PURPOSE[channel],
        flow: `compte:${person.uid}:${destination}`,
        locale: person.lang,
        clientId: OWN_CLIENT,
        application: OWN_NAME[person.lang],
        zone: person.zone,
        request: person.asking.request,
        current,
      },
      async (_tx, challengeId) => {
        id = challengeId;
      },
    );
    return id;
  }

  /** The challenge under way, which must be this person's. */
  async function challengeOf(person: Person, id: unknown) {
    const read = step.safeParse(id);
    const challenge = read.success ? await codes.byId(read.data) : undefined;
    if (challenge?.accountId !== person.account.id || challenge.purpose !== PURPOSE[challenge.channel])
      throw new FlowError('step-out-of-order');
    return challenge;
  }

  async function codeScreen(person: Person, id: unknown): Promise<Screen> {
    const { id: challengeId, channel, destination, trouble, sentAt, expiresAt } = await challengeOf(person, id);
    const now = clock().getTime();
    return {
      view: 'code',
      title: 'account.contact.code-title',
      keep: ['etape'],
      locals: () => ({
        channel,
        destination,
        trouble: trouble && meaningOf(trouble).told,
        step: challengeId,
        expiresInMinutes: Math.max(0, Math.ceil(((expiresAt?.getTime() ?? now) - now) / 60_000)),
        resendInSeconds: Math.max(0, Math.ceil(CODE.resendAfter - (now - (sentAt?.getTime() ?? 0)) / 1000)),
      }),
    };
  }

  const onward = (ctx: RouterContext, id: string) => frame.done(ctx, `${HERE}/code?etape=${id}`);
  const stepOf = (ctx: RouterContext) => (ctx.request as { body?: { step?: unknown } }).body?.step;

  router.get(
    '/coordonnees',
    frame.page(async (ctx, person) => frame.show(ctx, person, addresses(ctx, person)), 'contact'),
  );

  for (const [channel, name, shape] of [
    ['mail', 'email', mail],
    ['sms', 'phone', phone],
  ] as const) {
    router.post(
      `/coordonnees/${channel}`,
      frame.form(
        async (ctx, person) => {
          const value = String((readFields(ctx, { [name]: shape }) as Record<string, unknown>)[name]);
          const { phone: stands, phoneVerified } = person.account;
          // The same mail may be confirmed again: that is what the yearly mail asks for.
          if (channel === 'sms' && phoneVerified && value === stands)
            throw new UserError('contact-same', { field: name });
          onward(ctx, await send(person, channel, value));
        },
        async (ctx, person) => addresses(ctx, person),
        HERE,
        'contact',
      ),
    );
  }

  router.get(
    '/coordonnees/code',
    frame.page(
      async (ctx, person) => frame.show(ctx, person, await codeScreen(person, ctx.query.etape)),
      'contact',
      HERE,
    ),
  );

  router.post(
    '/coordonnees/code',
    frame.form(
      async (ctx, person) => {
        const challenge = await challengeOf(person, stepOf(ctx));
        const { code } = readFields(ctx, { code: required(40) });
        const checked = await codes.check(challenge.id, code, OWN_CLIENT, person.asking.request);
        await care.contact(person.account, challenge.channel, challenge.destination, person.asking, checked.spend);
        await checked.succeeded();
        frame.done(ctx, HERE, 'contact');
      },
      async (ctx, person) => codeScreen(person, stepOf(ctx)),
      HERE,
      'contact',
    ),
  );

  router.post(
    '/coordonnees/renvoi',
    frame.form(
      async (ctx, person) => {
        const { id, channel, destination } = await challengeOf(person, stepOf(ctx));
        onward(ctx, await send(person, channel, destination, id));
      },
      async (ctx, person) => codeScreen(person, stepOf(ctx)),
      HERE,
      'contact',
    ),
  );
}
