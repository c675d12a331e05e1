import { domainToASCII } from 'node:url';

export interface MailAddress {
  /** Empty where there is none. */
  readonly name: string;
  readonly local: string;
  /** As the DNS and SMTP know it: an international domain in its `xn--` form. */
  readonly domain: string;
}

const NAMED = /^([^<>]*)<([^<>]*)>$/;
/** One plain address (RFC 5321 §4.1.2 without quoted local parts). */
const PLAIN = /^([\x21-\x7e]{1,64})@([^@\s]+)$/;
const LOCAL = /^[^"(),:;<>@[\\\]]+$/;
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/**
 * An address, alone or as `Name <address>`.
 * @returns undefined for what is none, or names no domain that the DNS could know
 */
export function readMailAddress(text: string): MailAddress | undefined {
  const [, name = '', address = text.trim()] = NAMED.exec(text.trim()) ?? [];
  const [, local = '', given = ''] = PLAIN.exec(address) ?? [];
  const domain = domainToASCII(given);
  if (!LOCAL.test(local) || !DOMAIN.test(domain)) return undefined;
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), local, domain };
}

export const writtenAddress = ({ local, domain }: MailAddress): string => `${local}@${domain}`;
