import { isCoarse } from '../../src/protection/address.ts';

/** The structure in whose network something was; of what is kept from before structures were named, nothing. */
export const shownPlace = (place: string | undefined): string | undefined =>
  place === undefined || isCoarse(place) ? undefined : place;
