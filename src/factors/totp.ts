import { generateURI } from 'otplib';
import type { Seed } from '../challenges/challenge.ts';
import { isCode, readCode } from '../challenges/hotp.ts';
import type { Clock } from '../clock.ts';
import { UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { Admission } from '../protection/admission.ts';
import type { Storage } from '../storage.ts';

/** Seconds a code stands (RFC 6238 §5.2). */
const PERIOD = 30;
/** Phones drift by one period, either way. */
const DRIFT = [0, -1, 1] as const;

export const periodOf = (at: Date): number => Math.floor(at.getTime() / 1000 / PERIOD);

/** The period whose code this is, near now. */
export function periodThatFits(seed: Seed, code: string, now: Date): number | undefined {
  const here = periodOf(now);
  // All are compared, so that it takes as long whichever fits.
  const fitting = DRIFT.map((drift) => here + drift).filter((period) => isCode(code, seed, period));
  return fitting[0];
}

/** What the QR code says. */
export const enrolment = (seed: Seed, issuer: string, label: string): string =>
  generateURI({ strategy: 'totp', issuer, label, secret: seed });

export interface CheckedFactor {
  /** @throws {UserError} when the code was used meanwhile */
  spend(tx: Storage): Promise<void>;
  succeeded(): Promise<void>;
}

export interface FactorParts {
  readonly storage: Storage;
  readonly admission: Admission;
  readonly clock: Clock;
}

/** Where a second factor is typed, and from where. */
export interface FactorLine {
  readonly clientId?: string;
  readonly request: RequestInfo;
  /** Instead of a password that is forgotten: counted apart from sign-ins. */
  readonly recovering?: boolean;
}

/** Wrong codes of an account are counted together, whatever makes the codes. */
export const admitFactor = ({ admission }: Pick<FactorParts, 'admission'>, accountId: string, line: FactorLine) =>
  admission.admit({
    door: line.recovering ? 'recovery-second-factor' : 'second-factor',
    counter: accountId,
    accountId,
    request: line.request,
  });

/** The code of an authenticator application, as a second factor. */
export function createTotp(parts: FactorParts) {
  const { storage, clock } = parts;
  return {
    /** @throws {UserError} `authenticator-code-wrong`, `code-malformed`, `too-many-tries` */
    async check(accountId: string, typed: string, line: FactorLine): Promise<CheckedFactor> {
      const code = readCode(typed);
      if (code === undefined) throw new UserError('code-malformed');
      const { supportCode, address } = line.request;
      const ground = { accountId, clientId: line.clientId, supportCode, address };
      const tried = await admitFactor(parts, accountId, line);
      const authenticator = await storage.authenticators.of(accountId);
      const seed = authenticator && (await storage.authenticators.seedOf(authenticator.id));
      const period = seed === undefined ? undefined : periodThatFits(seed, code, clock());
      if (!authenticator || period === undefined) {
        await storage.audit.write({ event: 'sign-in.authenticator-refused', ...ground });
        throw new UserError('authenticator-code-wrong');
      }
      return {
        async spend(tx) {
          if (!(await tx.authenticators.takeStep(authenticator.id, period)))
            throw new UserError('authenticator-code-wrong', { why: 'used before' });
          await tx.audit.write({ event: 'sign-in.authenticator-accepted', ...ground });
        },
        succeeded: tried.succeeded,
      };
    },
  };
}

export type Totp = ReturnType<typeof createTotp>;
