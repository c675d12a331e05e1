import { CARD } from '../../config/lives.ts';
import type { AuditLine } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { ShownCard } from '../http/card-header.ts';
import { FlowError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import { randomToken } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import type { CardVerdict, CardVerifier, Decoded } from './card.ts';
import type { CardOutcome, HandoverOrigin } from './handover.ts';

/** Where cards are read: the way there, the reading, and the ticket back. */
export interface CardDesk {
  /** @returns the token that leads from the card's host back to this interaction. */
  open(origin: HandoverOrigin): Promise<string>;
  /** @throws {FlowError} `card-handover` when nobody waits for this card. */
  origin(token: string): Promise<HandoverOrigin>;
  examine(shown: ShownCard): Promise<CardVerdict>;
  examineCertificate(der: Uint8Array): Promise<CardVerdict>;
  /** Keeps what a reading came to. @returns the ticket. @throws {FlowError} `card-handover` when one was issued already. */
  conclude(token: string, origin: HandoverOrigin, verdict: CardVerdict, request: RequestInfo): Promise<string>;
}

export interface DeskParts {
  readonly storage: Storage;
  readonly verifier: CardVerifier;
  readonly decode: (header: string) => Decoded;
  readonly clock: Clock;
  readonly log: Log;
}

const refused = (refusal: 'no-certificate' | 'unreadable'): CardVerdict => ({
  ok: false,
  refusal,
  checks: [{ name: 'read', result: 'failed' }],
});

const inSeconds = (from: Date, seconds: number) => new Date(from.getTime() + seconds * 1000);

export function createCardDesk({ storage, verifier, decode, clock, log }: DeskParts): CardDesk {
  return {
    async open(origin) {
      const token = randomToken();
      await storage.cardHandovers.insert(token, origin, inSeconds(clock(), CARD.handover));
      return token;
    },

    async origin(token) {
      const origin = await storage.cardHandovers.origin(token, clock());
      if (!origin) throw new FlowError('card-handover');
      return origin;
    },

    async examine({ certificate, verified }) {
      if (certificate === 'twice' || certificate === 'too-large') {
        log.warn({ header: certificate }, "the proxy's card header cannot be believed");
        return refused('unreadable');
      }
      const decoded = decode(certificate);
      if (decoded === 'none') return refused('no-certificate');
      if (decoded === 'malformed') return refused('unreadable');
      const verdict = await verifier.verify(decoded.der);
      // Where we see a fault too, ours says which; else the proxy knows something that we do not.
      if (!verdict.ok || verified) return verdict;
      const checks = verdict.checks.map((check) =>
        check.name === 'chain' ? ({ name: 'chain', result: 'failed' } as const) : check,
      );
      return { ok: false, refusal: 'wrong-ca', checks };
    },

    examineCertificate: (der) => verifier.verify(der),

    async conclude(token, { clientId }, verdict, { supportCode, address }) {
      const ticket = randomToken();
      const now = clock();
      const outcome = outcomeOf(verdict, supportCode);
      await storage.transaction(async (tx) => {
        const expiresAt = inSeconds(now, CARD.ticket);
        if (!(await tx.cardHandovers.issueTicket(token, ticket, outcome, now, expiresAt)))
          throw new FlowError('card-handover');
        if (outcome.ok) return;
        const line: AuditLine = { event: 'sign-in.card-refused', mode: 'cps', clientId, supportCode, address };
        await tx.audit.write({ ...line, details: { refusal: outcome.refusal } });
      });
      return ticket;
    },
  };
}

function outcomeOf(verdict: CardVerdict, supportCode: string): CardOutcome {
  if (!verdict.ok) return { ok: false, refusal: verdict.refusal, supportCode };
  const { nationalId, notAfter, familyName, givenName, profession } = verdict.holder;
  if (nationalId === undefined) return { ok: false, refusal: 'pseudonym', supportCode };
  return {
    ok: true,
    nationalId,
    familyName,
    givenName,
    ...(profession === undefined ? {} : { profession }),
    notAfter: notAfter.toISOString(),
    degraded: verdict.degraded,
  };
}
