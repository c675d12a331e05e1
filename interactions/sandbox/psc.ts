import { randomBytes } from 'node:crypto';
import type Router from '@koa/router';
import type { Context } from 'koa';
import { createCsrf } from '../../src/http/csrf.ts';
import { readForm } from '../../src/http/form.ts';
import { allowForms } from '../../src/http/headers.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import type { PscFault } from '../../src/sandbox/psc/faults.ts';
import type { PscPerson } from '../../src/sandbox/psc/people.ts';
import type { SimulatedPsc } from '../../src/sandbox/psc/server.ts';
import { langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';

export interface PscPage {
  readonly simulated: SimulatedPsc;
  readonly people: readonly PscPerson[];
  readonly faults: readonly PscFault[];
}

const VISITOR = 'mire_sandbox_psc';

/** Who is known to the simulated Pro Santé Connect, and what it does wrong. */
export function pscRoutes(router: Router, pages: Pages, { simulated, people, faults }: PscPage): void {
  const csrf = createCsrf(randomBytes(32));
  /** Whose forms these are: nobody's forms make it misbehave under somebody else's hands. */
  const visitorOf = (ctx: Context): string => {
    const known = ctx.cookies.get(VISITOR);
    if (known) return known;
    const fresh = randomToken();
    ctx.cookies.set(VISITOR, fresh, { signed: true, httpOnly: true, sameSite: 'lax', path: '/sandbox/psc' });
    return fresh;
  };

  router.get('/psc', (ctx) => {
    allowForms(ctx);
    const lang = langOf(ctx);
    return pages.show(ctx, {
      view: 'interactions/sandbox/psc',
      title: 'sandbox-psc.title',
      locals: () => ({
        csrf: csrf.token(visitorOf(ctx)),
        people: people.map(({ nationalId, given, family, story }) => ({
          nationalId,
          name: `${given} ${family}`,
          story: story[lang],
        })),
        faults: faults.map((fault) => ({ fault, on: simulated.faults.has(fault) })),
      }),
    });
  });

  router.post('/psc', async (ctx) => {
    await readForm(ctx, async () => undefined);
    const body = (ctx.request as { body?: { fault?: unknown; end?: unknown; _csrf?: unknown } }).body ?? {};
    csrf.check(visitorOf(ctx), body._csrf);
    if (typeof body.end === 'string') {
      await simulated.endSession(body.end);
    } else {
      const asked = [body.fault ?? []].flat();
      simulated.faults.clear();
      for (const fault of faults) if (asked.includes(fault)) simulated.faults.add(fault);
    }
    ctx.status = 303;
    ctx.redirect('/sandbox/psc');
  });
}
