import type { Clock } from '../clock.ts';
import type { CardCheck, CardRefusal, CardType, CardVerdict, CardVerifier } from './card.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { chainOf } from './chain.ts';
import { cardTypesOf, holderOf, productOf } from './holder.ts';
import { type Revocation, statusOfChain } from './revocation.ts';
import type { Trust } from './trust.ts';

export interface CardRules {
  readonly trust: Trust;
  readonly allowedTypes: readonly CardType[];
  readonly revocation: Revocation;
  /** The deployment declares that a card whose revocation cannot be known still counts, for a lower level. */
  readonly degraded: boolean;
  readonly clock: Clock;
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** Critical extensions whose rules are applied here: constraints, usages, alternative names, policies. */
const UNDERSTOOD = ['2.5.29.19', '2.5.29.15', '2.5.29.37', '2.5.29.17', '2.5.29.32'];

type Step = CardCheck['name'];
const STEPS: readonly Step[] = ['read', 'usage', 'product', 'card-type', 'chain', 'validity', 'revocation', 'identity'];

/** The checks in their order: the first that fails names the refusal, and those after it are skipped. */
export function createCardVerifier({ trust, allowedTypes, revocation, degraded, clock }: CardRules): CardVerifier {
  return {
    async verify(der) {
      const now = clock();
      const card = readCertificate(der);
      if (!card || card.criticalExtensions.some((oid) => !UNDERSTOOD.includes(oid))) {
        return refused('read', der.length === 0 ? 'no-certificate' : 'unreadable');
      }
      const misuse = misuseOf(card);
      if (misuse) return refused('usage', misuse);
      if (productOf(card) !== trust.world) return refused('product', 'card-type');
      if (!cardTypesOf(card).some((type) => allowedTypes.includes(type))) return refused('card-type', 'card-type');

      const authorities = chainOf(card, trust, now);
      if (!authorities) return refused('chain', 'wrong-ca');
      if (now < card.notBefore) return refused('validity', 'not-yet-valid');
      if (now > card.notAfter) return refused('validity', 'expired');

      const status = await statusOfChain(revocation, [card, ...authorities]);
      if (status === 'revoked') return refused('revocation', 'revoked');
      const unknown = status === 'unknown';
      if (unknown && !degraded) return refused('revocation', 'revocation-unknown');

      const holder = holderOf(card);
      if (holder === 'pseudonym' || holder === 'unreadable') return refused('identity', holder);
      const checks = STEPS.map((name) => {
        const result = name === 'revocation' && unknown ? 'skipped' : 'passed';
        return { name, result } as const;
      });
      return { ok: true, holder, checks, degraded: unknown };
    },
  };
}

/** Of the two certificates of a card, with one subject, only the one for authentication proves a presence. */
function misuseOf({ keyUsage = [], extendedKeyUsage, isAuthority }: Certificate): CardRefusal | undefined {
  if (keyUsage.includes('nonRepudiation')) return 'signature-certificate';
  if (isAuthority || !keyUsage.includes('digitalSignature') || !extendedKeyUsage.includes(CLIENT_AUTH)) {
    return 'wrong-usage';
  }
  return undefined;
}

function refused(at: Step, refusal: CardRefusal): CardVerdict {
  const failed = STEPS.indexOf(at);
  const checks = STEPS.map((name, i) => {
    const result = i < failed ? 'passed' : i === failed ? 'failed' : 'skipped';
    return { name, result } as const;
  });
  return { ok: false, refusal, checks };
}
