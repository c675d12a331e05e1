import { z } from 'zod';
import { PROFESSIONS } from '../../config/nomenclatures.ts';
import { mailAddress, mobileNumber, personName } from '../accounts/person-fields.ts';
import type { Statement } from '../accounts/statement.ts';
import { type Structure, sourceOf } from './structure.ts';

/** What a structure may say of somebody, under whatever names its directory or provider has for it. */
export interface Vouched {
  readonly familyName?: string;
  readonly givenName?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly profession?: string;
  readonly nationalId?: string;
}

/** Directories hold what people typed: what is not of the right form is not said. */
const read = <T>(type: z.ZodType<T>, value: string | undefined): T | undefined => {
  const parsed = type.safeParse(value);
  return parsed.success ? parsed.data : undefined;
};

/** Type digit and number (TRE_G08); a bare RPPS or ADELI number gets the digit of its kind. */
const nationalId = z
  .string()
  .transform((text) => text.replaceAll(/\s/g, '').toUpperCase())
  .transform((text) => (/^\d{11}$/.test(text) ? `8${text}` : /^[0-9A-Z]{9}$/.test(text) ? `0${text}` : text))
  .pipe(z.string().regex(/^(?:8\d{11}|0[0-9A-Z]{9})$/));

const profession = z.string().refine((code) => code in PROFESSIONS);

/** The national id is said by the structure and proven by nobody. */
export function statementOf(structure: Structure, said: Vouched): Statement {
  const known = {
    familyName: read(personName, said.familyName),
    givenName: read(personName, said.givenName),
    email: read(mailAddress, said.email),
    phone: read(mobileNumber, said.phone),
    profession: read(profession, said.profession),
    claimedNationalId: read(nationalId, said.nationalId),
  };
  return {
    source: sourceOf(structure),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
  };
}
