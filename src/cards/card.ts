/** What a CPx card says of its holder, once its certificate is believed. */
export interface CardHolder {
  /** As the card gives it: 8 and RPPS, 0 and ADELI, or a structure and its register (CPE, CPA). A pseudonym card has none. */
  readonly nationalId: string | undefined;
  readonly familyName: string;
  readonly givenName: string;
  /** Code of TRE_G15-ProfessionSante, when the card carries one. */
  readonly profession: string | undefined;
  readonly cardType: CardType;
  readonly notAfter: Date;
}

export type CardType = 'CPS' | 'CPF' | 'CPE' | 'CPA' | 'CDE' | 'CDA' | 'unknown';

/** Why a card opens nothing. Each has its own sentence on the page and in the clinic. */
export const CARD_REFUSALS = [
  'no-certificate',
  'unreadable',
  'wrong-ca',
  'expired',
  'not-yet-valid',
  'revoked',
  'revocation-unknown',
  'signature-certificate',
  'wrong-usage',
  'card-type',
  'pseudonym',
] as const;
export type CardRefusal = (typeof CARD_REFUSALS)[number];

/** One check, as the card clinic shows it to the person and to the help desk. */
export interface CardCheck {
  readonly name: 'read' | 'usage' | 'product' | 'card-type' | 'chain' | 'validity' | 'revocation' | 'identity';
  readonly result: 'passed' | 'failed' | 'skipped';
}

export type CardVerdict =
  | {
      readonly ok: true;
      readonly holder: CardHolder;
      readonly checks: readonly CardCheck[];
      /** Revocation could not be known and the deployment declared a degraded mode: the level is lower. */
      readonly degraded: boolean;
    }
  | { readonly ok: false; readonly refusal: CardRefusal; readonly checks: readonly CardCheck[] };

/** Decides on one certificate, in DER, as the reverse proxy handed it over. Never throws on what a card may hold. */
export interface CardVerifier {
  verify(certificate: Uint8Array): Promise<CardVerdict>;
}

/** How a reverse proxy writes the certificate; set by CARD_HEADER_FORMAT, never guessed. */
export const HEADER_FORMATS = ['nginx', 'apache', 'haproxy', 'traefik', 'envoy', 'rfc9440'] as const;
export type HeaderFormat = (typeof HEADER_FORMATS)[number];

/** What the proxy's headers hold: the leaf certificate in DER, nothing (no card shown), or something that is not one. */
export type Decoded = { readonly der: Uint8Array } | 'none' | 'malformed';
