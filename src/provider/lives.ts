import type {
  BackchannelAuthenticationRequest,
  Client,
  Interaction,
  KoaContextWithOIDC,
  RefreshToken,
  Session,
} from 'oidc-provider';
import { DESKTOP, LIVES } from '../../config/lives.ts';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../clock.ts';
import { DESKTOP_SCOPE } from '../desktop/caller.ts';
import { professionalOf } from './professional.ts';

/** `ttl` of oidc-provider; every function is synchronous and answers a positive integer of seconds. */
export function createLives(
  settings: Pick<Settings, 'SESSION_IDLE' | 'SESSION_ABSOLUTE' | 'DESKTOP_SESSION'>,
  clock: Clock,
) {
  const longest = Math.max(settings.SESSION_ABSOLUTE, LIVES.offlineRefreshToken);
  return {
    AccessToken: (
      _ctx: KoaContextWithOIDC,
      token: { resourceServer?: { accessTokenFormat?: string; accessTokenTTL?: number } },
    ) =>
      token.resourceServer?.accessTokenTTL ??
      (token.resourceServer?.accessTokenFormat === 'jwt' ? LIVES.jwtAccessToken : LIVES.accessToken),
    AuthorizationCode: LIVES.authorizationCode,
    ClientCredentials: LIVES.clientCredentials,
    DeviceCode: LIVES.deviceCode,
    BackchannelAuthenticationRequest: (_ctx: KoaContextWithOIDC, request: BackchannelAuthenticationRequest) =>
      Math.min(DESKTOP.cibaLongest, Number(request.params?.requested_expiry ?? DESKTOP.ciba)),
    PushedAuthorizationRequest: LIVES.pushedRequest,
    IdToken: LIVES.idToken,
    // Who is signed in, a client that said who it is, and a device whose code somebody typed are not anybody.
    Interaction: (_ctx: KoaContextWithOIDC, { session, parJti, deviceCode }: Interaction & { parJti?: string }) =>
      session?.accountId || parJti || deviceCode ? LIVES.interaction : LIVES.interactionBegun,
    // An absolute cap on all that is under it: a refresh token asked for at a session's last minute still lives whole.
    Grant: settings.SESSION_ABSOLUTE + longest + 60,
    RefreshToken: (ctx: KoaContextWithOIDC, token: RefreshToken, _client: Client) => {
      // Rotation does not lengthen a family's life.
      const rotated = ctx.oidc.entities.RotatedRefreshToken;
      if (rotated) return Math.max(1, rotated.remainingTTL);
      if (token.scopes.has(DESKTOP_SCOPE)) return settings.DESKTOP_SESSION;
      return token.scopes.has('offline_access') ? LIVES.offlineRefreshToken : settings.SESSION_ABSOLUTE;
    },
    Session: (ctx: KoaContextWithOIDC, session: Session) => {
      const now = Math.floor(clock().getTime() / 1000);
      const live = ctx.oidc ? professionalOf(ctx)?.live : undefined;
      const started = live ? Math.floor(live.startedAt.getTime() / 1000) : (session.loginTs ?? now);
      return Math.max(1, Math.min(settings.SESSION_IDLE, started + settings.SESSION_ABSOLUTE - now));
    },
  };
}
