import { localeOf } from './delivery/mail-frame.ts';
import type { Locale } from './delivery/ports.ts';

/** The clocks of France, as people call them; those of other countries by the names that Unicode gives them. */
const ZONES: Readonly<Record<string, Readonly<Record<Locale, string>>>> = {
  'Europe/Paris': { fr: 'heure de Paris', en: 'Paris time' },
  'Europe/Monaco': { fr: 'heure de Monaco', en: 'Monaco time' },
  'Indian/Reunion': { fr: 'heure de La Réunion', en: 'Réunion time' },
  'Indian/Mayotte': { fr: 'heure de Mayotte', en: 'Mayotte time' },
  'America/Guadeloupe': { fr: 'heure de Guadeloupe', en: 'Guadeloupe time' },
  'America/Martinique': { fr: 'heure de Martinique', en: 'Martinique time' },
  'America/Cayenne': { fr: 'heure de Guyane', en: 'French Guiana time' },
  'America/St_Barthelemy': { fr: 'heure de Saint-Barthélemy', en: 'Saint-Barthélemy time' },
  'America/Marigot': { fr: 'heure de Saint-Martin', en: 'Saint-Martin time' },
  'America/Miquelon': { fr: 'heure de Saint-Pierre-et-Miquelon', en: 'Saint-Pierre and Miquelon time' },
  'Pacific/Noumea': { fr: 'heure de Nouvelle-Calédonie', en: 'New Caledonia time' },
  'Pacific/Tahiti': { fr: 'heure de Tahiti', en: 'Tahiti time' },
  'Pacific/Marquesas': { fr: 'heure des Marquises', en: 'Marquesas time' },
  'Pacific/Gambier': { fr: 'heure des Gambier', en: 'Gambier time' },
  'Pacific/Wallis': { fr: 'heure de Wallis-et-Futuna', en: 'Wallis and Futuna time' },
  UTC: { fr: 'temps universel', en: 'universal time' },
};

const TAGS = { fr: 'fr-FR', en: 'en-GB' } as const satisfies Record<Locale, string>;
const DAY = { day: 'numeric', month: 'long', year: 'numeric' } as const;
const HOUR = { hour: '2-digit', minute: '2-digit' } as const;
const FORMS = {
  day: DAY,
  hour: HOUR,
  moment: { ...DAY, ...HOUR },
  second: { ...DAY, ...HOUR, second: '2-digit' },
  zone: { timeZoneName: 'longGeneric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
type Form = keyof typeof FORMS;

/** To make one costs more than a whole page; there are as many as zones in use. */
const made = new Map<string, Intl.DateTimeFormat>();
function formatter(form: Form, locale: Locale, timeZone: string): Intl.DateTimeFormat {
  const key = `${form} ${locale} ${timeZone}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(TAGS[locale], { ...FORMS[form], timeZone });
  made.set(key, format);
  return format;
}

function zoneName(at: Date, locale: Locale, timeZone: string): string {
  const known = ZONES[timeZone]?.[locale];
  if (known) return known;
  const parts = formatter('zone', locale, timeZone).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

const said = (form: Form) => (at: Date, tag: string, zone: string) => {
  const locale = localeOf(tag);
  return `${formatter(form, locale, zone).format(at)} (${zoneName(at, locale, zone)})`;
};

/** `23 novembre 2026 à 09:00 (heure de Paris)`: a date and hour as people read it, and of which clock it is. */
export const spoken = said('moment');
/** The same to the second, for who reads logs. */
export const spokenExactly = said('second');
/** `09:00 (heure de Paris)`. */
export const spokenHour = said('hour');
/** A day alone, where it is that day in this zone. */
export const spokenDay = (at: Date, tag: string, zone: string): string =>
  formatter('day', localeOf(tag), zone).format(at);
