import { createPublicKey } from 'node:crypto';

/** TXT records of a name, each whole; none where the name has none. @throws when the DNS cannot be asked */
export type TxtOf = (name: string) => Promise<readonly string[]>;

export interface DomainQuestion {
  /** Of MAIL_FROM. */
  readonly domain: string;
  readonly dkim: { readonly selector: string; readonly key: string } | undefined;
}

const begins = (word: string) => (record: string) => record.toLowerCase().startsWith(word);

async function spf(domain: string, txtOf: TxtOf): Promise<string> {
  const found = (await txtOf(domain)).filter(begins('v=spf1'));
  if (found.length > 1) return `SPF: ${domain} has ${found.length} records, which counts as none (RFC 7208 §4.5)`;
  if (!found[0]) return `SPF: none. ${domain} needs a TXT record that names the servers that send for it`;
  const open = /[+?]all\b/.test(found[0]) ? '. It lets anybody send in its name: end it with -all or ~all' : '';
  return `SPF: ${found[0]}${open}`;
}

const published = (key: string) =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64').replace(/=+$/, '');

const sameKey = (record: string, key: string): boolean =>
  /(?:^|;)\s*p=([^;]*)/.exec(record)?.[1]?.replace(/[\s=]/g, '') === published(key);

async function dkim({ domain, dkim: signing }: DomainQuestion, txtOf: TxtOf): Promise<string> {
  if (!signing)
    return 'DKIM: not signed here; the mail server signs, or nobody does (MAIL_DKIM_SELECTOR, MAIL_DKIM_KEY)';
  const name = `${signing.selector}._domainkey.${domain}`;
  const [record] = (await txtOf(name)).filter((one) => /(^|;)\s*p=/.test(one));
  if (!record) return `DKIM: signed here, and ${name} does not exist: every signature counts as broken`;
  return sameKey(record, signing.key)
    ? `DKIM: signed here, and ${name} holds the same key`
    : `DKIM: signed here, and ${name} holds another key: every signature is refused`;
}

async function dmarc(domain: string, txtOf: TxtOf): Promise<string> {
  const labels = domain.split('.');
  for (const from of [0, Math.max(0, labels.length - 2)]) {
    const name = `_dmarc.${labels.slice(from).join('.')}`;
    const [record] = (await txtOf(name)).filter(begins('v=dmarc1'));
    if (record) return `DMARC: ${name}: ${record}`;
  }
  return `DMARC: none. _dmarc.${domain} tells the others what to do with mails that others send in its name`;
}

/** What the DNS says of the domain that mails come from, each answer a line. */
export async function domainRecords(question: DomainQuestion, txtOf: TxtOf): Promise<string[]> {
  const asked = { SPF: spf(question.domain, txtOf), DKIM: dkim(question, txtOf), DMARC: dmarc(question.domain, txtOf) };
  return Promise.all(
    Object.entries(asked).map(([what, answer]) => answer.catch(() => `${what}: the DNS cannot be asked from here`)),
  );
}
