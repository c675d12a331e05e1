import { readFile, writeFile } from 'node:fs/promises';

/**
 * Makes config/nomenclatures.ts from the tables of the ANS, as TSV with a header line.
 * Usage: node tools/nomenclatures.ts <professions.tsv> <specialites.tsv>
 */
async function rows(file: string): Promise<Record<string, string>[]> {
  const [header = '', ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
  const names = header.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [names[i] ?? '', cell.trim()])));
}

const [professions, specialties] = process.argv.slice(2);
if (!professions || !specialties)
  throw new Error('usage: node tools/nomenclatures.ts <professions.tsv> <specialites.tsv>');

/** TRE_R38-SpecialiteOrdinale: the specialties' file names no system, since it holds this one alone. */
const ORDINALE = '1.2.250.1.213.2.28';
const table = (items: Record<string, string>[], oid?: string) =>
  Object.fromEntries(
    items.map(({ code, label, system_oid, parent_profession, status }) => [
      code,
      {
        label,
        system: `urn:oid:${oid ?? system_oid}`,
        ...(parent_profession ? { profession: parent_profession } : {}),
        // Old cards carry deprecated codes: their labels stay, the sign-up form does not offer them.
        ...(status?.startsWith('active') ? {} : { deprecated: true }),
      },
    ]),
  );

await writeFile(
  new URL('../config/nomenclatures.ts', import.meta.url),
  `/** Official nomenclatures (NOS) of the ANS. Made by tools/nomenclatures.ts; do not edit. */
export interface Concept {
  readonly label: string;
  /** The code system, as a URN of its OID. */
  readonly system: string;
  /** The profession a specialty belongs to. */
  readonly profession?: string;
  readonly deprecated?: true;
}

/** JDV_J106-EnsembleProfession-RASS and older codes of TRE_G15-ProfessionSante. */
export const PROFESSIONS: Readonly<Record<string, Concept>> = ${JSON.stringify(table(await rows(professions)))};

/** TRE_R38-SpecialiteOrdinale. */
export const SPECIALTIES: Readonly<Record<string, Concept>> = ${JSON.stringify(table(await rows(specialties), ORDINALE))};
`,
);
