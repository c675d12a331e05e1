import { readMailAddress } from '../../config/mail-address.ts';
import { takeBounce } from '../delivery/bounces.ts';
import { CommandError } from './command-error.ts';
import { print, type Terminal } from './terminal.ts';
import { withParts } from './with-parts.ts';

/** A report is short; what is longer brings the letter along, after what is read. */
const MOST = 256 * 1024;
/** EX_TEMPFAIL of sysexits.h: the mail server keeps the report and hands it in again. */
const LATER = 75;

async function read({ stdin }: Pick<Terminal, 'stdin'>): Promise<string> {
  let text = '';
  for await (const chunk of stdin) if (text.length < MOST) text += String(chunk);
  return text.slice(0, MOST);
}

/** What the mail server pipes in: one report that a mail came to nothing. */
export async function bounces(terminal: Terminal): Promise<void> {
  const text = await read(terminal);
  try {
    await withParts(terminal, async (parts) => {
      const returnTo = readMailAddress(parts.settings.MAIL_BOUNCES ?? '');
      if (!returnTo) throw new CommandError('MAIL_BOUNCES is not set: no report could be told to be ours.');
      print(terminal, await takeBounce(parts, text, returnTo));
    });
  } catch (error) {
    terminal.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    terminal.exitCode = LATER;
  }
}
