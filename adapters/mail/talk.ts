import nodemailer from 'nodemailer';
import type { Reason } from '../../src/delivery/answers.ts';
import type { Mail } from '../../src/delivery/ports.ts';
import { connectionOptions, messageOf, refusal, type SmtpOptions, senderOf } from './smtp.ts';

export interface Talk {
  /** What both sides said, line by line, `C:` us and `S:` the server; passwords are not in it. */
  readonly lines: readonly string[];
  /** Why it was not taken, in codes. */
  readonly refused: string | undefined;
  readonly reason: Reason | undefined;
  /** What the system or TLS said of it, in words. */
  readonly because: string | undefined;
}

/** Sends one mail on a connection of its own, and tells the whole talk. */
export async function talkWith(options: SmtpOptions, mail: Mail): Promise<Talk> {
  const lines: string[] = [];
  const hear =
    (say: (line: string) => void) =>
    (entry: { tnx?: string }, text: string, ...more: unknown[]) => {
      const side = { server: 'S:', client: 'C:', smtp: '--', network: '--' }[entry.tnx ?? ''];
      const written = more.reduce<string>((all, one) => all.replace(/%[sd]/, String(one)), text);
      if (side) for (const line of written.split(/\r?\n/)) say(`${side} ${line}`);
    };
  const told = hear((line) => lines.push(line));
  const transport = nodemailer.createTransport({
    ...connectionOptions(options),
    logger: { level: () => undefined, trace: told, debug: told, info: told, warn: told, error: told, fatal: told },
    transactionLog: true,
  });
  try {
    await transport.sendMail(messageOf(mail, senderOf(options.from), options.returnTo));
    return { lines, refused: undefined, reason: undefined, because: undefined };
  } catch (error) {
    const { message, reason } = refusal(error);
    return { lines, refused: message, reason, because: error instanceof Error ? error.message : undefined };
  } finally {
    transport.close();
  }
}
