import { type MailAddress, writtenAddress } from '../../config/mail-address.ts';
import { loginKey } from '../accounts/login-key.ts';
import type { Clock } from '../clock.ts';
import type { Vault } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import { meaningOf, reasonOfSmtp } from './answers.ts';
import { markRefused } from './remembering.ts';

const TOKEN = 32;
/** A report of ours names one token and one recipient, some times over; more is no report, and costs nothing. */
const MOST = 20;

/** The same for the same address: to a greylist each address has one sender, and a report proves that it is about a mail of ours. */
export const returnToken = (vault: Pick<Vault, 'index'>, address: string): string =>
  vault.index(loginKey(address), 'return-path').toString('hex').slice(0, TOKEN);

/** `retours+<token>@…`: what comes back says whom it was about (VERP). */
export const returnPath = ({ local, domain }: MailAddress, token: string): string =>
  writtenAddress({ name: '', local: `${local}+${token}`, domain });

interface Bounce {
  readonly tokens: readonly string[];
  readonly recipients: readonly string[];
  readonly status: string;
}

function all(text: string, pattern: RegExp): string[] {
  const found = new Set<string>();
  for (const [, one = ''] of text.matchAll(pattern)) if (found.add(one).size >= MOST) break;
  return [...found];
}
const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** @returns undefined for what is no report of a mail that came to nothing (RFC 3464 §2) */
export function readBounce(text: string, { local, domain }: MailAddress): Bounce | undefined {
  const [status] = all(text, /^Status:\s*(5\.\d{1,3}\.\d{1,3})/gim);
  if (!status || !/^Action:\s*failed\s*$/im.test(text)) return undefined;
  const ours = new RegExp(`${literally(local)}\\+([0-9a-f]{${TOKEN}})@${literally(domain)}`, 'gi');
  return {
    status,
    tokens: all(text, ours).map((token) => token.toLowerCase()),
    // That server may know another name of the mailbox: the returned letter has the one that we know.
    recipients: [
      ...all(text, /^(?:Original|Final)-Recipient:\s*rfc822\s*;\s*<?([^\s<>]+)>?/gim),
      ...all(text, /^To:\s*<?([^\s<>]+)>?\s*$/gim),
    ],
  };
}

export interface BounceParts {
  readonly storage: Storage;
  readonly vault: Pick<Vault, 'index'>;
  readonly clock: Clock;
}

/** What a report said: an address is dead, which was known or not; it is only full, or late; or it is no report of ours. */
export const BOUNCES = ['refused', 'known', 'passing', 'not ours'] as const;
export type Taken = (typeof BOUNCES)[number];

/**
 * Keeps what a report says of an address. A report that does not carry the address's own token says nothing.
 * @param at when it came: it says nothing of an address that proved itself later
 */
export async function takeBounce(
  { storage, vault, clock }: BounceParts,
  text: string,
  returnTo: MailAddress,
  at: Date = clock(),
): Promise<Taken> {
  const bounce = readBounce(text, returnTo);
  const to = bounce?.recipients.find((address) => bounce.tokens.includes(returnToken(vault, address)));
  if (!bounce || to === undefined) return 'not ours';
  const reason = reasonOfSmtp({ phase: 'recipient', code: 550, status: bounce.status });
  if (!meaningOf(reason).remembered) return 'passing';
  const account = (await storage.accounts.byLoginKey(loginKey(to)))?.account;
  if (!account) return 'known';
  return (await markRefused(storage, { accountId: account.id, to }, at)) ? 'refused' : 'known';
}
