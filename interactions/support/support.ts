import Router from '@koa/router';
import { z } from 'zod';
import { type Account, channelsOf, NATIONAL_ID } from '../../src/accounts/account.ts';
import { masked } from '../../src/challenges/codes.ts';
import { FlowError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import { spoken } from '../../src/spoken.ts';
import { HELP_ACTIONS, HELP_DESK, type HelpRequest, type Trace } from '../../src/support/help-desk.ts';
import type { Helping } from '../../src/support/helping.ts';
import { createFrame, type FrameParts, type Person, type Screen } from '../account/frame.ts';
import type { Translate } from '../layout/texts.ts';

export interface SupportParts extends FrameParts {
  readonly helping: Helping;
}

const HERE = '/assistance';
const SUPPORT_CODE = /^[2-9A-HJKMNP-TV-Z]{4}-?[2-9A-HJKMNP-TV-Z]{4}$/i;
const NATIONAL = /^[0-9A-Z]{9,12}$/;
const MANY = 20;

/** An event in words; those without a sentence of their own keep their name. */
function inWords(t: Translate, event: string): string {
  try {
    return t(`support.event.${event}`);
  } catch {
    return event;
  }
}

/** The help desk: for accounts with the role, signed in with two factors a short while ago. */
export function createSupport(parts: SupportParts): Router {
  const { storage, helping, clock } = parts;
  const router = new Router({ prefix: HERE });
  const frame = createFrame({ ...parts, navigation: [], role: HELP_DESK });

  const agent = ({ account, asking }: Person) => ({ account, asking });
  const lines = (traces: readonly Trace[], t: Translate, { lang, zone }: Person) =>
    traces.map(({ at, event, clientId, mode }) => ({
      at: spoken(at, lang, zone),
      what: inWords(t, event),
      detail: [clientId, mode].filter(Boolean).join(', '),
    }));
  const listed = ({ id, givenName, familyName, status, email }: Account) => ({
    id,
    name: `${givenName} ${familyName}`,
    status,
    mail: email ? masked('mail', email) : '',
  });

  const start = async (person: Person): Promise<Screen> => {
    const requests = await storage.helpDesk.open(clock());
    const asking = requests.filter(({ params }) => params.identity).map(({ accountId }) => accountId);
    const accounts = await Promise.all([...new Set(asking)].map((id) => storage.accounts.byId(id)));
    const nameOf = (id: string) => {
      const { givenName = '', familyName = '' } = accounts.find((one) => one?.id === id) ?? {};
      return `${givenName} ${familyName}`;
    };
    const detailOf = ({ accountId, params: { email, since, identity } }: HelpRequest, t: Translate) => {
      if (!identity) return [email, since && t('support.moment', { since })].filter(Boolean).join(', ');
      const { familyName = '–', givenName = '–' } = identity;
      return t('support.names', { said: `${givenName} ${familyName}`, known: nameOf(accountId) });
    };
    return {
      view: '../support/start',
      title: 'support.title',
      locals: (t) => ({
        requests: requests.map((request) => ({
          id: request.id,
          accountId: request.accountId,
          what: t(`support.action.${request.action}`),
          at: spoken(request.askedAt, person.lang, person.zone),
          detail: detailOf(request, t),
          mine: request.askedBy === person.account.id || request.accountId === person.account.id,
        })),
      }),
    };
  };

  async function found(person: Person, typed: string): Promise<Screen> {
    const code = typed.toUpperCase();
    if (SUPPORT_CODE.test(typed)) {
      const trace = await storage.helpDesk.trace(
        code.includes('-') ? code : `${code.slice(0, 4)}-${code.slice(4)}`,
        100,
      );
      const accountId = trace.find((one) => one.accountId)?.accountId;
      return {
        view: '../support/trace',
        title: 'support.trace.title',
        locals: (t) => ({ code, accountId, trace: lines(trace, t, person) }),
      };
    }
    const byId = NATIONAL.test(code) ? await storage.accounts.byIdentity(NATIONAL_ID, code) : undefined;
    const people = byId ? [byId] : await storage.helpDesk.byName(typed.trim(), MANY);
    return { view: '../support/people', title: 'support.people.title', locals: () => ({ people: people.map(listed) }) };
  }

  async function one(person: Person, id: string): Promise<Screen> {
    const account = await helping.look(agent(person), id);
    const [keys, authenticator, codes, sessions, since, recent] = await Promise.all([
      storage.passkeys.of(id),
      storage.authenticators.of(id),
      storage.recoveryCodes.left(id),
      storage.signIns.sessionsOf(id),
      storage.care.passwordSince(id),
      storage.helpDesk.recent(id, 40),
    ]);
    const mayAct = account.id !== person.account.id && account.roles.length === 0;
    return {
      view: '../support/account',
      title: 'support.account.title',
      locals: (t) => ({
        ...listed(account),
        mayAct,
        login: account.login,
        channels: channelsOf(account).map((id) => masked(id, (id === 'mail' ? account.email : account.phone) ?? '')),
        refused: account.emailRefusedAt && spoken(account.emailRefusedAt, person.lang, person.zone),
        phoneRefused: account.phoneRefusedAt && spoken(account.phoneRefusedAt, person.lang, person.zone),
        since: since && spoken(since, person.lang, person.zone),
        keys: keys.map(({ id: key, name }) => ({ id: key, name })),
        authenticator: authenticator !== undefined,
        codes,
        sessions: sessions.length,
        recent: recent.map((line, index) => ({
          ...lines([line], t, person)[0],
          code: recent[index]?.supportCode,
        })),
      }),
    };
  }

  router.get(
    '/',
    frame.page(async (ctx, person) => {
      await frame.show(ctx, person, await start(person));
    }, 'doors'),
  );
  /** A form, so that no name and no national id stands in an address. */
  router.post(
    '/',
    frame.form(
      async (ctx, person) => {
        const { account, asking } = agent(person);
        const { wanted } = readFields(ctx, { wanted: required(100) });
        const { supportCode, address } = asking.request;
        const details = { by: account.id };
        await storage.audit.write({
          event: 'help-desk.searched',
          accountId: account.id,
          supportCode,
          address,
          details,
        });
        await frame.show(ctx, person, await found(person, wanted.trim()));
      },
      async (_ctx, person) => start(person),
      HERE,
      'doors',
    ),
  );
  router.get(
    '/compte/:id',
    frame.page(
      async (ctx, person) => {
        const id = z.uuid().safeParse(ctx.params.id);
        if (!id.success) throw new FlowError('not-found');
        await frame.show(ctx, person, await one(person, id.data));
      },
      'doors',
      HERE,
    ),
  );
  router.post(
    '/compte/:id',
    frame.form(
      async (ctx, person) => {
        const id = z.uuid().parse(ctx.params.id);
        const { action, email, passkey, since } = readFields(ctx, {
          action: z.enum(HELP_ACTIONS),
          email: z
            .email()
            .max(254)
            .optional()
            .or(z.literal('').transform(() => undefined)),
          passkey: z.uuid().optional(),
          since: z.iso
            .date()
            .optional()
            .or(z.literal('').transform(() => undefined)),
        });
        const waits = await helping.ask(agent(person), id, action, { email, passkey, since });
        frame.done(ctx, waits ? HERE : `${HERE}/compte/${id}`, waits ? 'asked' : 'acted');
      },
      async (ctx, person) => one(person, String(ctx.params.id)),
      HERE,
      'doors',
    ),
  );
  router.post(
    '/demande',
    frame.form(
      async (ctx, person) => {
        const { request, decision } = readFields(ctx, { request: z.uuid(), decision: z.enum(['approve', 'decline']) });
        await helping.settle(agent(person), request, decision === 'approve');
        frame.done(ctx, HERE, 'settled');
      },
      async (_ctx, person) => start(person),
      HERE,
      'doors',
    ),
  );
  return router;
}
