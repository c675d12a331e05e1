import { UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import { countedAddress } from './address.ts';
import type { FailureRate } from './failure-rate.ts';
import type { KnownDevices } from './known-devices.ts';
import type { LimitName, Limits } from './limits.ts';

export interface PasswordTry {
  /** The account, else what was typed in its one form. */
  readonly counter: string;
  readonly accountId: string | undefined;
  readonly mode: string;
  readonly request: RequestInfo;
  /** Whether somebody human proved to be one with this try; undefined where there is no way to. */
  readonly proven?: (() => Promise<boolean>) | undefined;
}

export interface CountedTry {
  failed(): void;
  succeeded(): Promise<void>;
}

/**
 * Who may try a password. A browser that this account has signed in with has its own count, which nobody else can use up:
 * a lock closes the password for unknown browsers alone, and no other mode. Over the limit a captcha gives as many tries
 * again, each with its own proof, before the wait; the wait grows.
 */
export interface PasswordGuard {
  /** Counts before the password is looked at. @throws {UserError} `too-many-tries`, with `captcha` where one would help. */
  admit(tried: PasswordTry): Promise<CountedTry>;
}

export function createPasswordGuard({
  limits,
  devices,
  rate,
}: {
  limits: Limits;
  devices: KnownDevices;
  rate: FailureRate;
}): PasswordGuard {
  /** Counts, or says by how much it is too late. */
  async function over(name: LimitName, key: string): Promise<UserError | undefined> {
    try {
      await limits.take(name, key);
      return undefined;
    } catch (error) {
      if (error instanceof UserError && error.code === 'too-many-tries') return error;
      throw error;
    }
  }

  async function prove({ counter, proven }: PasswordTry, refused: UserError): Promise<void> {
    if (!proven) throw refused;
    if (!(await proven())) throw new UserError('too-many-tries', { ...refused.detail, captcha: true });
    await limits.take('password-proven', counter);
  }

  return {
    async admit(tried) {
      const { counter, accountId, request, mode } = tried;
      const device = accountId === undefined ? undefined : devices.of(request, accountId);
      if (device !== undefined) {
        const key = `${accountId}:${device}`;
        await limits.take('password-known', key);
        return {
          failed: () => rate.failed(mode),
          async succeeded() {
            rate.succeeded(mode);
            await limits.forget('password-known', key);
          },
        };
      }
      const address = countedAddress(request.address);
      const refused =
        (await over('password-account', counter)) ??
        (await over('password-address', address)) ??
        // Without a captcha a storm only alarms: whoever made it must not shut the door on everybody.
        (rate.isStorm() && tried.proven
          ? new UserError('too-many-tries', { limit: 'storm', retryAfter: 60 })
          : undefined);
      if (refused) await prove(tried, refused);
      return {
        failed: () => rate.failed(mode),
        async succeeded() {
          rate.succeeded(mode);
          await Promise.all([
            limits.forget('password-account', counter),
            limits.giveBack('password-address', address),
            ...(refused ? [limits.forget('password-proven', counter)] : []),
          ]);
        },
      };
    },
  };
}
