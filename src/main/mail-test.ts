import { randomUUID } from 'node:crypto';
import { resolveTxt } from 'node:dns/promises';
import { senderOf } from '../../adapters/mail/smtp.ts';
import { talkWith } from '../../adapters/mail/talk.ts';
import { readSettings } from '../../config/settings.ts';
import { meaningOf } from '../delivery/answers.ts';
import { domainRecords } from '../delivery/domain-records.ts';
import { mailOf } from '../delivery/messages.ts';
import { createVault } from '../protection/secrets.ts';
import { sandboxSecrets } from '../sandbox/secrets.ts';
import { CommandError } from './command-error.ts';
import { messageSender, smtpOptions } from './mail.ts';
import { print, type Terminal } from './terminal.ts';

/** No such name is an answer; anything else says that nobody could be asked. */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA']);

const txtOf = async (name: string): Promise<string[]> => {
  try {
    return (await resolveTxt(name)).map((parts) => parts.join(''));
  } catch (error) {
    if (NOTHING.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
};

const LIFE = 5 * 60 * 1000;

/** Sends a mail as a code is sent, with a code that opens nothing, and tells all that can be known of its way. */
export async function testMail(terminal: Terminal, { to }: { to: string }): Promise<void> {
  const settings = readSettings(terminal.env, sandboxSecrets);
  const options = smtpOptions(settings, createVault(settings.DATA_KEYS, settings.INDEX_KEY));
  if (!options) throw new CommandError('MAIL_URL is not set: there is no mail server to talk to.');
  const letter = { id: randomUUID(), to, code: '000000', purpose: 'sign-in', locale: 'fr' } as const;
  const mail = mailOf({ ...letter, expiresAt: new Date(Date.now() + LIFE) }, messageSender(settings));
  print(terminal, `MAIL_TLS=${settings.MAIL_TLS}`);
  const { lines, refused, reason, because } = await talkWith(options, mail);
  print(terminal, lines.join('\n'));
  const { domain } = senderOf(options.from);
  print(terminal, (await domainRecords({ domain, dkim: options.dkim }, txtOf)).join('\n'));
  if (reason === undefined) return print(terminal, `Taken by the server. Message-ID: <${mail.id}@${domain}>`);
  const { about, again } = meaningOf(reason);
  throw new CommandError(
    `Not taken: ${refused} (${because}). Reason: ${reason}, about: ${about}; ${again ? 'it would be tried again' : 'it would be given up'}.`,
  );
}
