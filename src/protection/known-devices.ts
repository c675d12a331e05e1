import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { Clock } from '../clock.ts';
import type { RequestInfo } from '../http/request.ts';
import { randomToken, type Vault } from './secrets.ts';

/**
 * Browsers in which an account has signed in before. What is typed elsewhere does not count for them, so that nobody can
 * lock a professional out from outside. A browser is known once two factors were proved in it: a password alone would
 * earn whoever stole it as many tries at the second factor as they have cookie jars. The cookie proves that and nothing
 * else: it opens no account, and one account's proof says nothing about another's.
 */
export interface KnownDevices {
  /** Names the browser for counting; undefined where this account has not proved two factors in it, or not for long. */
  of(request: RequestInfo, accountId: string): string | undefined;
  /** The same for a browser in which the account signed in, however. */
  seen(request: RequestInfo, accountId: string): string | undefined;
  /** The browser's name, where it is one that we gave, whoever signed in with it; for counting alone. */
  named(request: RequestInfo): string | undefined;
  /** After a sign-in. @param strong two factors were proved in it */
  remember(ctx: Context, request: RequestInfo, accountId: string, strong: boolean): void;
}

const DAY = 24 * 60 * 60 * 1000;
/** Days without a sign-in. */
const LIFE = 180;
/** People of one ward computer. */
const MOST = 12;

type Grade = 'weak' | 'strong';

interface Entry {
  readonly day: number;
  readonly mac: string;
}

function read(cookie: string | undefined): { id: string; entries: Entry[] } | undefined {
  const [id = '', ...rest] = cookie?.split('.') ?? [];
  if (!/^[\w-]{22}$/.test(id)) return undefined;
  const entries = rest.flatMap((item) => {
    const [, day, mac] = /^([0-9a-z]{1,6})~([\w-]{22})$/.exec(item) ?? [];
    return day && mac ? [{ day: Number.parseInt(day, 36), mac }] : [];
  });
  return { id, entries: entries.slice(0, MOST) };
}

export function createKnownDevices(vault: Pick<Vault, 'derive'>, clock: Clock, issuer: string): KnownDevices {
  const key = createSecretKey(vault.derive('known-device'));
  const https = issuer.startsWith('https:');
  const today = () => Math.floor(clock().getTime() / DAY);
  const macOf = (id: string, accountId: string, day: number, grade: Grade) =>
    createHmac('sha256', key)
      .update(`${id}\0${accountId}\0${day}${grade === 'strong' ? '\0strong' : ''}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  const ownMac = (id: string) =>
    createHmac('sha256', key).update(`browser\0${id}`).digest().subarray(0, 16).toString('base64url');
  const isOf = ({ day, mac }: Entry, id: string, accountId: string, grades: readonly Grade[]) =>
    grades.some((grade) => timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(id, accountId, day, grade))));

  function proved(device: string | undefined, accountId: string, grades: readonly Grade[]): string | undefined {
    const known = read(device);
    const since = today() - LIFE;
    const found = known?.entries.some((entry) => entry.day >= since && isOf(entry, known.id, accountId, grades));
    return found ? known?.id : undefined;
  }

  return {
    of: ({ device }, accountId) => proved(device, accountId, ['strong']),
    seen: ({ device }, accountId) => proved(device, accountId, ['strong', 'weak']),
    named({ device }) {
      const [id = '', said = ''] = device?.split('.') ?? [];
      const ours = Buffer.from(`~${ownMac(id)}`);
      const given = Buffer.from(said);
      return given.length === ours.length && timingSafeEqual(given, ours) ? id : undefined;
    },
    remember(ctx, { device }, accountId, strong) {
      // Behind a proxy that does not say https, the browser would refuse it anyway.
      if (https && !ctx.secure) return;
      // A password alone neither takes away nor prolongs what two factors earned.
      if (!strong && proved(device, accountId, ['strong'])) return;
      const known = read(device);
      const id = known?.id ?? randomToken(16);
      const day = today();
      const grade = strong ? 'strong' : 'weak';
      const others = known?.entries.filter((entry) => !isOf(entry, id, accountId, ['strong', 'weak'])) ?? [];
      const entries = [{ day, mac: macOf(id, accountId, day, grade) }, ...others].slice(0, MOST);
      ctx.cookies.set(
        `${https ? '__Host-' : ''}mire_device`,
        [id, `~${ownMac(id)}`, ...entries.map((entry) => `${entry.day.toString(36)}~${entry.mac}`)].join('.'),
        {
          signed: false,
          httpOnly: true,
          secure: https,
          sameSite: 'lax',
          path: '/',
          maxAge: LIFE * DAY,
          overwrite: true,
        },
      );
    },
  };
}
