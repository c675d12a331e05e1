/**
 * Who may say something of a professional, the strongest first. The register as Pro Santé Connect reads it today comes
 * before what a card says, which is what the register said when the card was made. A name that ends in `:` stands for
 * every source that begins so.
 */
export const FACT_SOURCES = [
  { source: 'psc', kind: 'register' },
  { source: 'cps', kind: 'register' },
  { source: 'structure:', kind: 'structure' },
  { source: 'invitation', kind: 'person' },
  { source: 'person', kind: 'person' },
] as const;

export type FactKind = (typeof FACT_SOURCES)[number]['kind'];
