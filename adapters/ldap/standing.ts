import type { Entry } from 'ldapts';
import { disabledMarkOf, expiryOf, type LdapConnector } from '../../src/structures/ldap-connector.ts';
import { HERE, type Standing } from '../../src/structures/reading.ts';
import { firstOf } from './entry.ts';

/** 1601 in milliseconds before 1970, where a FILETIME begins (MS-DTYP §2.3.3). */
const FILETIME_EPOCH = 11_644_473_600_000;
const DAY = 24 * 60 * 60 * 1000;
/** MS-ADA1 §2.2: both mean never. */
const NEVER = ['0', '9223372036854775807'];

const whole = (text: string): number | undefined => (/^-?\d+$/.test(text) ? Number(text) : undefined);

/** Milliseconds since 1970; undefined: it says nothing that can be read. */
const ENDS: Readonly<Record<'filetime' | 'time' | 'days', (text: string) => number | undefined>> = {
  filetime(text) {
    const value = whole(text);
    if (value === undefined) return undefined;
    return NEVER.includes(text) ? Number.POSITIVE_INFINITY : value / 10_000 - FILETIME_EPOCH;
  },
  time(text) {
    const [, year, month, day, hour, minute = '00', second = '00'] =
      /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?Z$/.exec(text) ?? [];
    const at = year ? Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) : Number.NaN;
    return Number.isNaN(at) ? undefined : at;
  },
  days(text) {
    const value = whole(text);
    if (value === undefined) return undefined;
    // shadow(5): none, or never.
    return value <= 0 ? Number.POSITIVE_INFINITY : value * DAY;
  },
};

export const endsAt = (as: keyof typeof ENDS, text: string): number | undefined => ENDS[as](text);

function expiry(entry: Entry, connector: LdapConnector, now: Date): Standing {
  const end = expiryOf(connector);
  if (!end) return HERE;
  const text = firstOf(entry, end.attribute);
  // Every account of a domain has one; elsewhere, who has none does not expire.
  if (text === undefined) return end.as === 'filetime' ? unreadable(end.attribute) : HERE;
  const at = endsAt(end.as, text);
  if (at === undefined) return unreadable(end.attribute);
  return at <= now.getTime() ? { is: 'barred', why: 'expired' } : HERE;
}

function mark(entry: Entry, connector: LdapConnector): Standing {
  const disabled = disabledMarkOf(connector);
  if (!disabled) return HERE;
  const text = firstOf(entry, disabled.attribute);
  if ('bit' in disabled) {
    const value = text === undefined ? undefined : whole(text);
    if (value === undefined) return unreadable(disabled.attribute);
    return (value & disabled.bit) === 0 ? HERE : { is: 'barred', why: 'disabled' };
  }
  const marked = 'equals' in disabled ? text?.toLowerCase() === disabled.equals.toLowerCase() : text !== undefined;
  return marked ? { is: 'barred', why: 'disabled' } : HERE;
}

const unreadable = (attribute: string): Standing => ({ is: 'unknown', why: `${attribute} cannot be read` });

/** What an entry says of its owner: the worst of its marks. */
export function standingOf(entry: Entry, connector: LdapConnector, now: Date): Standing {
  const both = [mark(entry, connector), expiry(entry, connector, now)];
  return both.find(({ is }) => is === 'barred') ?? both.find(({ is }) => is === 'unknown') ?? HERE;
}

/** What must be read to know it. */
export const standingAttributes = (connector: LdapConnector): string[] =>
  [disabledMarkOf(connector)?.attribute, expiryOf(connector)?.attribute].filter((name) => name !== undefined);
