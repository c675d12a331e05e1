import type Router from '@koa/router';
import { createCallbacks } from '../../interactions/callback/callback.ts';
import type { Log } from '../log.ts';
import type { Logout } from '../provider/logout.ts';
import { PSC_AFTER_LOGOUT, type Psc } from '../psc/psc.ts';
import type { Providers } from '../structures/provider-sign-in.ts';
import { isOidc, sourceOf } from '../structures/structure.ts';
import { createBackchannelLogout } from '../upstream/backchannel-logout.ts';
import { createUpstreamLogout, type UpstreamExit, type UpstreamLogout } from '../upstream/logout.ts';
import type { Parts } from './parts.ts';
import { openPsc } from './psc.ts';

/** The providers that vouch for people here. */
export interface Upstream {
  readonly psc: Psc | undefined;
  readonly logout: UpstreamLogout;
}

export function openUpstream(parts: Parts, structures: Providers): Upstream {
  const psc = openPsc(parts);
  // Its document is read beforehand: the first page already knows where its form leads.
  psc?.provider.formTargets();
  const { vault, clock, storage } = parts;
  const exits = async (id: string): Promise<UpstreamExit | undefined> => {
    if (psc && id === psc.provider.id) return { provider: psc.provider, returnPath: PSC_AFTER_LOGOUT };
    const structure = await storage.structures.byId(id.replace(/^structure:/, ''));
    if (!structure || !isOidc(structure) || sourceOf(structure) !== id) return undefined;
    return { provider: await structures.of(structure), returnPath: `/callback/structure/${structure.id}/logout` };
  };
  return { psc, logout: createUpstreamLogout({ issuer: parts.settings.ISSUER, vault, clock, exits }) };
}

/** Where they send browsers, and where they say by themselves that a session of theirs ended. */
export function upstreamRoutes(upstream: Upstream, { logout, log }: { logout: Logout; log: Log }): Router[] {
  const { psc } = upstream;
  return [
    createCallbacks({ psc, upstreamLogout: upstream.logout }),
    ...(psc ? [createBackchannelLogout('/backchannel-logout/psc', { provider: psc.provider, logout, log })] : []),
  ];
}
