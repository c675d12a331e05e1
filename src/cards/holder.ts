import { isNationalId } from '../accounts/national-id.ts';
import { NAME_MAX } from '../accounts/person-fields.ts';
import { shownText } from '../foreign-text.ts';
import type { CardHolder, CardType } from './card.ts';
import { attribute, type Certificate } from './certificate.ts';

/** 2.5.4.65, on cards that name nobody. */
const PSEUDONYM = '2.5.4.65';

/** Private extensions of the ANS (arc 1.2.250.1.71.1.2), each with the number of its nomenclature table. */
const PRODUCT_CATEGORY = '1.2.250.1.71.1.2.5';
const PRODUCT_TYPE = '1.2.250.1.71.1.2.2';
const PROFESSION = '1.2.250.1.71.1.2.7';

/** TRE_G01-CategorieProduit: an OCTET STRING of one byte, whose high bit says "test". */
const CARD = { '040100': 'production', '040180': 'test' } as const;
export type World = (typeof CARD)[keyof typeof CARD];

/**
 * TRE_G02-TypeProduit: an INTEGER. The table gives CPE and CDE one value, and CPA and CDA another: nothing else in the
 * certificate tells a director from the staff.
 */
const TYPES: Readonly<Record<string, readonly [CardType, ...CardType[]]>> = {
  '020100': ['CPS'],
  '020101': ['CPF'],
  '020102': ['CPE', 'CDE'],
  '020103': ['CPA', 'CDA'],
};

/** Whether it is the certificate of a card, not of a software or a server, and of which world. */
export const productOf = ({ extensions }: Certificate): World | undefined =>
  (CARD as Readonly<Record<string, World>>)[extensions.get(PRODUCT_CATEGORY) ?? ''];

/** What the card may be; the first is how we call it. */
export const cardTypesOf = ({ extensions }: Certificate): readonly [CardType, ...CardType[]] =>
  TYPES[extensions.get(PRODUCT_TYPE) ?? ''] ?? ['unknown'];

/** TRE_G15-ProfessionSante: an INTEGER, of one byte for every code of the table. */
function professionOf({ extensions }: Certificate): string | undefined {
  const code = /^0201([0-7][0-9a-f])$/.exec(extensions.get(PROFESSION) ?? '')?.[1];
  return code === undefined ? undefined : String(Number.parseInt(code, 16));
}

/** Who the card says its holder is: a person, nobody in particular, or something that cannot be read. */
export function holderOf(certificate: Certificate): CardHolder | 'pseudonym' | 'unreadable' {
  const nationalId = attribute(certificate, 'CN');
  const nameIn = (attributeName: string) => shownText(attribute(certificate, attributeName) ?? '', NAME_MAX);
  const [familyName, givenName] = [nameIn('SN'), nameIn('G')];
  if (attribute(certificate, PSEUDONYM) !== undefined || (!familyName && !givenName)) return 'pseudonym';
  if (!familyName || !givenName || !nationalId || !isNationalId(nationalId)) return 'unreadable';
  return {
    nationalId,
    familyName,
    givenName,
    profession: professionOf(certificate),
    cardType: cardTypesOf(certificate)[0],
    notAfter: certificate.notAfter,
  };
}
