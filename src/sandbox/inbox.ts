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
  add(message: Omit<InboxMessage, 'id' | 'at'>): InboxMessage;
  /** Newest first. */
  list(): InboxMessage[];
  readonly mail: MailSender;
  readonly sms: SmsSender;
}

/** The oldest message leaves when one more arrives. */
const ROOM = 500;

/** What the sandbox sends instead of real mail and SMS. Lives as long as the process. */
export function createInbox(clock: Clock): Inbox {
  const messages: InboxMessage[] = [];
  let last = 0;
  const add: Inbox['add'] = (message) => {
    const kept = { id: String(++last), at: clock().toISOString(), ...message };
    messages.unshift(kept);
    messages.length = Math.min(messages.length, ROOM);
    return kept;
  };
  const keep = (channel: Channel, subject: string, { to, text, code = '' }: Mail | Sms) => {
    add({ channel, to, subject, text, code });
  };
  return {
    add,
    list: () => [...messages],
    mail: { send: async (mail) => keep('mail', mail.subject, mail), close: async () => undefined },
    sms: {
      name: 'inbox',
      async send(sms) {
        keep('sms', '', sms);
        return 'inbox';
      },
    },
  };
}
