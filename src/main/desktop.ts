import type Router from '@koa/router';
import type Provider from 'oidc-provider';
import { createDesktopApi } from '../../interactions/desktop/api.ts';
import type { Pages } from '../../interactions/layout/renderer.ts';
import { type ClientLike, policyOf } from '../clients/metadata.ts';
import type { PingQueue } from '../delivery/jobs.ts';
import type { Notifier } from '../delivery/notifier.ts';
import { createApprovals } from '../desktop/approvals.ts';
import { createCallers } from '../desktop/caller.ts';
import { createHandOver, type HandOver } from '../desktop/hand-over.ts';
import { createDesktopSessions, type DesktopSessions } from '../desktop/sessions.ts';
import { createWatch } from '../desktop/watch.ts';
import { createCibaAnswers } from '../provider/ciba-answers.ts';
import type { Logout } from '../provider/logout.ts';
import type { Parts } from './parts.ts';

export interface Desktop {
  readonly handOver: HandOver;
  readonly sessions: DesktopSessions;
  readonly api: Router;
}

/** Both sides of the hand-over to the desktop application, on one storage. */
export function openDesktop(
  parts: Parts,
  {
    provider,
    logout,
    notifier,
    pings,
    pages,
  }: { provider: () => Provider; logout: Logout; notifier: Notifier; pings: PingQueue; pages: Pages },
): Desktop {
  const { storage, clock, log, pace } = parts;
  const watch = createWatch({ requests: storage.desktopRequests, clock, log, every: pace.watch });
  const sessions = createDesktopSessions({ ...parts, logout, notifier });
  const applicationOf = async (clientId: string) => {
    const client = (await provider().Client.find(clientId)) as ClientLike | undefined;
    return client && policyOf(client);
  };
  const ciba = createCibaAnswers({ provider, storage, pings, clock, log });
  return {
    handOver: createHandOver({ ...parts, watch }),
    sessions,
    api: createDesktopApi({
      callers: createCallers({ ...parts, provider }),
      sessions,
      approvals: createApprovals({ ...parts, ciba, applicationOf }),
      storage,
      pages,
      log,
    }),
  };
}
