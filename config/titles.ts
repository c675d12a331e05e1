/** What the form offers as "Titre": TRE_R81-Civilite, then TRE_R11-CiviliteExercice. Their words are texts. */
export const TITLES = ['MME', 'M', 'DR', 'PR'] as const;
export type Title = (typeof TITLES)[number];
