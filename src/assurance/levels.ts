import { ACR_VALUES, type Acr } from '../../config/modes.ts';

/** Levels have an explicit order; they are never compared as strings. */
const rank = (acr: Acr | undefined): number => (acr === undefined ? 0 : ACR_VALUES.indexOf(acr) + 1);

export const isAcr = (value: unknown): value is Acr => ACR_VALUES.includes(value as Acr);

/** Does what was proved reach what is required? Nothing proved reaches nothing. */
export const satisfies = (proved: Acr | undefined, required: Acr): boolean => rank(proved) >= rank(required);

/** @returns the weakest of the known levels, or undefined when there is none. */
export const weakest = (levels: readonly Acr[]): Acr | undefined =>
  levels.reduce<Acr | undefined>(
    (least, acr) => (least === undefined || rank(acr) < rank(least) ? acr : least),
    undefined,
  );

export const strongest = (levels: readonly Acr[]): Acr | undefined =>
  levels.reduce<Acr | undefined>((most, acr) => (rank(acr) > rank(most) ? acr : most), undefined);

export const atMost = (acr: Acr, cap: Acr): Acr => (rank(acr) > rank(cap) ? cap : acr);
