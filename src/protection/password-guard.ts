import type { RequestInfo } from '../http/request.ts';
import type { Admission } from './admission.ts';
import type { FailureRate } from './failure-rate.ts';

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
 * Who may try a password. A lock closes the password for browsers that never signed in, and no other mode. Over the limit
 * a captcha gives as many tries again, each with its own proof, before the wait; the wait grows.
 */
export interface PasswordGuard {
  /** Counts before the password is looked at. @throws {UserError} `too-many-tries`, with `captcha` where one would help. */
  admit(tried: PasswordTry): Promise<CountedTry>;
}

export function createPasswordGuard({ admission, rate }: { admission: Admission; rate: FailureRate }): PasswordGuard {
  return {
    async admit({ mode, ...tried }) {
      // Without a captcha a storm only alarms: whoever made it must not shut the door on everybody.
      const admitted = await admission.admit({ ...tried, door: 'password', storm: rate.isStorm() });
      return {
        failed: () => rate.failed(mode),
        async succeeded() {
          rate.succeeded(mode);
          await admitted.succeeded();
        },
      };
    },
  };
}
