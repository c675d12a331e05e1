import type { Channel } from '../accounts/account.ts';
import type { Clock } from '../clock.ts';
import type { Mail, MailSender, Sms, SmsSender } from '../delivery/ports.ts';

/** One message of the sandbox inbox, as `/sandbox/inbox.json` shows it. */
export interface InboxMessage {
  readonly id: string;
  readonly at: string;
  readonly channel: Channel;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly code: string;
}

export interface Inbox {
  add(message: Omit<InboxMessage, 'id' | 'at'>, at?: Date): InboxMessage;
  /** Newest first: those that bring a code. A notice comes when it comes, and nobody waits for it. */
  list(): InboxMessage[];
  /** Newest first, notices too. */
  all(): InboxMessage[];
  readonly mail: MailSender;
  readonly sms: SmsSender;
}

/** The oldest message leaves when one more arrives. */
const ROOM = 500;

/** What the sandbox sends instead of real mail and SMS. Lives as long as the process. */
export function createInbox(clock: Clock): Inbox {
  const messages: InboxMessage[] = [];
  let last = 0;
  const add: Inbox['add'] = (message, at = clock()) => {
    const kept = { id: String(++last), at: at.toISOString(), ...message };
    // A notice is as old as what it tells, so that the code asked for after it stays the newest message.
    const newer = messages.findIndex((other) => other.at <= kept.at);
    messages.splice(newer < 0 ? messages.length : newer, 0, kept);
    messages.length = Math.min(messages.length, ROOM);
    return kept;
  };
  const keep = (channel: Channel, subject: string, { to, text, code = '', writtenAt }: Mail | Sms) => {
    add({ channel, to, subject, text, code }, writtenAt);
  };
  return {
    add,
    list: () => messages.filter(({ code }) => code !== ''),
    all: () => [...messages],
    mail: { send: async (mail) => keep('mail', mail.subject, mail), close: async () => undefined },
    sms: {
      name: 'inbox',
      async send(sms) {
        keep('sms', '', sms);
        return { provider: 'inbox' };
      },
    },
  };
}
