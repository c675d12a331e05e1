import { browserName } from '../http/browser-name.ts';
import type { Locale } from './ports.ts';

/** From where something was asked, as it is kept until its message is written. */
export interface Whence {
  readonly userAgent: string | undefined;
  /** The structure in whose network it was. A prefix of the address would say nothing to anybody. */
  readonly place: string | undefined;
}

const WORDS = {
  fr: { unknown: 'un appareil que nous ne reconnaissons pas', network: 'réseau : ' },
  en: { unknown: 'a device that we do not recognise', network: 'network: ' },
} as const satisfies Record<Locale, object>;

/** An agent's own browser, and where they sit, are nobody's concern. */
export const HELP_DESK = { fr: 'l’assistance', en: 'support' } as const satisfies Record<Locale, string>;

/** `Firefox sur Windows (réseau : CHU fictif, Lyon)`. */
export function whence({ userAgent, place }: Whence, locale: Locale): string {
  const { unknown, network } = WORDS[locale];
  const browser = browserName(userAgent, locale) ?? unknown;
  return place === undefined ? browser : `${browser} (${network}${place})`;
}
