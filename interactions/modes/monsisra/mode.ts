import { PassThrough } from 'node:stream';
import type { RouterContext } from '@koa/router';
import type { Approval } from '../../../src/desktop/request.ts';
import { FlowError, UserError } from '../../../src/http/errors.ts';
import { noStore } from '../../../src/http/headers.ts';
import { requestInfo } from '../../../src/http/request.ts';
import type { Kit, Panel } from '../../kit.ts';
import type { Mode, Proof } from '../../mode.ts';
import type { Visit } from '../../visit.ts';
import { ID, inMode, stateOf } from './state.ts';
import { texts } from './texts.ts';

const STAGES = ['choosing', 'in-mode'] as const;
/** Comments of the stream, so that no proxy takes it for dead. */
const KEEP_ALIVE = 15_000;

const startPanel = (visit: Visit): Panel => ({
  view: 'interactions/modes/monsisra/view',
  title: 'monsisra.title',
  locals: () => ({ action: `/interaction/${visit.uid}/${ID}` }),
});

type Looked = NonNullable<Awaited<ReturnType<Kit['desktop']['look']>>>;

function waitingPanel(kit: Kit, visit: Visit, { content, state, left }: Looked, pressed: boolean): Panel {
  const base = `/interaction/${visit.uid}/${ID}`;
  const { DESKTOP_SCHEME, DESKTOP_LOOPBACK_PORT, ISSUER } = kit.settings;
  const link = new URLSearchParams({ issuer: ISSUER, request: content.token });
  return {
    view: 'interactions/modes/monsisra/waiting',
    title: 'monsisra.waiting.title',
    underWay: true,
    connects: DESKTOP_LOOPBACK_PORT ? [`http://127.0.0.1:${DESKTOP_LOOPBACK_PORT}`] : [],
    locals: () => ({
      action: base,
      continueAction: `${base}/continue`,
      eventsHref: `${base}/events`,
      stateHref: `${base}/state`,
      state,
      pressed,
      left: Math.max(0, left),
      number: content.number,
      code: `${content.code.slice(0, 3)} ${content.code.slice(3)}`,
      request: content.token,
      loopback: DESKTOP_LOOPBACK_PORT,
      link: `${DESKTOP_SCHEME}://sign-in?${link}`,
    }),
  };
}

/** Everything that ends a request without a sign-in, for the person in front of the page. */
function failureOf({ state }: Looked): UserError | undefined {
  if (state === 'waiting' || state === 'approved') return undefined;
  const code = state === 'superseded' || state === 'redeemed' ? 'expired' : state;
  return new UserError(`desktop-${code}`);
}

function proofOf(kit: Kit, ctx: RouterContext, visit: Visit, id: string, approval: Approval): Proof {
  const { accountId, deviceId, acr, amr, at, approvedAt = at, upstream } = approval;
  return {
    mode: ID,
    subject: { accountId },
    acr,
    amr,
    at: new Date(at),
    provedAt: new Date(approvedAt),
    deviceId,
    upstream,
    full: true,
    async spend(tx) {
      if (!(await kit.desktop.redeem(tx, id, visit.uid))) throw new FlowError('desktop-expired');
    },
    succeeded: () => kit.desktop.succeeded(requestInfo(ctx.req)),
  };
}

/** The desktop application: asked by the page, answered on another road, and taken by this browser alone. */
export const monsisra: Mode = {
  id: ID,
  texts,
  atADeskOnly: true,
  isOffered: () => true,
  routes(router, kit) {
    const { desktop } = kit;
    const look = async (visit: Visit): Promise<(Looked & { id: string }) | undefined> => {
      const id = stateOf(visit)?.request;
      const looked = id === undefined ? undefined : await desktop.look(id, visit.uid);
      return id && looked ? { ...looked, id } : undefined;
    };
    const show = async (ctx: RouterContext, visit: Visit, pressed = false) => {
      const looked = await look(visit);
      const failure = looked && failureOf(looked);
      const panel = looked && !failure ? waitingPanel(kit, visit, looked, pressed) : startPanel(visit);
      return kit.show(ctx, visit, panel, failure);
    };

    router.get(
      '/',
      kit.screen(STAGES, (ctx, visit) => show(ctx, visit)),
    );

    router.post(
      '/',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const maxAge = Number(visit.interaction.params.max_age ?? Number.NaN);
          const request = await desktop.ask({
            uid: visit.uid,
            clientId: visit.application.clientId,
            applicationName: visit.application.name,
            required: visit.requirement.level,
            maxAge: Number.isNaN(maxAge) ? undefined : maxAge,
            browser: ctx.get('user-agent').slice(0, 200) || undefined,
            request: requestInfo(ctx.req),
          });
          await kit.move(visit, inMode({ step: 'asked', request }));
          ctx.status = 303;
          ctx.redirect(`/interaction/${visit.uid}/${ID}`);
        },
        async (_ctx, visit) => startPanel(visit),
      ),
    );

    router.post(
      '/continue',
      kit.form(
        ['in-mode'],
        async (ctx, visit) => {
          const looked = await look(visit);
          if (!looked) throw new FlowError('step-out-of-order');
          const approval = looked.state === 'approved' ? await desktop.approval(looked.id) : undefined;
          if (!approval) return show(ctx, visit, true);
          await kit.complete(ctx, visit, proofOf(kit, ctx, visit, looked.id, approval));
        },
        async (_ctx, visit) => startPanel(visit),
      ),
    );

    router.get(
      '/state',
      kit.screen(STAGES, async (ctx, visit) => {
        noStore(ctx);
        ctx.body = { state: (await look(visit))?.state ?? 'expired' };
      }),
    );

    router.get(
      '/events',
      kit.screen(STAGES, async (ctx, visit) => {
        const looked = await look(visit);
        const stream = new PassThrough();
        ctx.set({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
        ctx.type = 'text/event-stream';
        ctx.body = stream;
        void follow(kit, stream, looked?.state === 'waiting' ? looked.id : undefined);
      }),
    );
  },
};

/** Says once that the wait is over: what came of it is read from the page. */
async function follow(kit: Kit, stream: PassThrough, id: string | undefined): Promise<void> {
  const left = new AbortController();
  stream.once('close', () => left.abort());
  stream.write('retry: 1000\n\n');
  const alive = setInterval(() => stream.write(': still waiting\n\n'), KEEP_ALIVE);
  if (id !== undefined) await kit.desktop.watch.settled(id, left.signal);
  clearInterval(alive);
  if (left.signal.aborted) return;
  // A process that stops lets its browsers go, and they ask another one.
  const over = id === undefined || (await kit.storage.desktopRequests.settled([id], kit.clock())).length > 0;
  stream.end(over ? 'event: answered\ndata: {}\n\n' : '');
}
