import type { Clock } from '../clock.ts';
import type { NoticeJob } from './jobs.ts';
import { button, mailPage, oneLine, paragraph, type Sender, supportLine } from './mail-frame.ts';
import type { DeliveryMetrics, NoticeDropped } from './metrics.ts';
import type { Notice, Notices } from './notice.ts';
import { DeliveryRefused, LOOKED_FOR, type Mail, type MailSender, NotThere, notThere } from './ports.ts';
import type { Remember } from './remembering.ts';
import { type NoticeWords, TEMPLATES } from './templates.ts';

const DAY = 24 * 60 * 60 * 1000;
/** A notice that could not be sent for so long tells nothing new. */
export const NOTICE_LIFE = 3 * DAY;

export interface NoticeDeps {
  readonly notices: Pick<Notices, 'byId' | 'markSent' | 'markGivenUp'>;
  readonly mail: MailSender;
  readonly remember: Remember;
  readonly metrics: Pick<DeliveryMetrics, 'noticeSent' | 'noticeFailed' | 'noticeDropped'>;
  readonly sender: Sender;
  readonly clock: Clock;
}

/**
 * Sends one notice, once if all goes well: a worker killed before the mark sends again under the same Message-ID.
 * @throws {DeliveryRefused} when the mail server did not take it; the queue decides whether to try again.
 * @throws {NotThere} when this database does not know of it, or not yet; when its time is over
 */
export async function deliverNotice(
  { notices, mail, sender, clock, remember, metrics }: NoticeDeps,
  { noticeId }: NoticeJob,
  attempt = LOOKED_FOR,
): Promise<'sent' | 'already-sent'> {
  const notice = await notices.byId(noticeId);
  if (!notice && attempt < LOOKED_FOR) throw notThere(attempt);
  const dropped = reasonToDrop(notice, clock());
  if (dropped) metrics.noticeDropped(notice?.template, dropped);
  if (dropped === 'already-sent') return dropped;
  if (!notice || dropped) throw new NotThere(dropped ?? 'gone');
  try {
    await mail.send(noticeMail(notice, sender));
  } catch (error) {
    metrics.noticeFailed(notice.template, error);
    if (error instanceof DeliveryRefused && error.permanent) await notices.markGivenUp(noticeId, clock());
    await remember({ ...notice, channel: 'mail' }, error);
    throw error;
  }
  await notices.markSent(noticeId, clock());
  metrics.noticeSent(notice.template, (clock().getTime() - notice.createdAt.getTime()) / 1000);
  return 'sent';
}

function reasonToDrop(notice: Notice | undefined, now: Date): NoticeDropped | undefined {
  if (!notice) return 'gone';
  if (notice.sentAt || notice.givenUpAt) return 'already-sent';
  return now.getTime() >= notice.createdAt.getTime() + NOTICE_LIFE ? 'expired' : undefined;
}

/** Not known of every notice: a line about one that is not given is left out. */
const MAY_BE_UNKNOWN = ['who', 'from'];
/** Pages of ours that may be closed to the person, or that a notice of an older release does not name. */
const MAY_BE_CLOSED = ['account', 'portal', 'recovery'];

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** @throws {Error} on a value that is not given: a mail with a hole is a defect. */
export function noticeMail({ id, template, to, locale, params, createdAt }: Notice, sender: Sender): Mail {
  const values: Readonly<Record<string, string>> = {
    ...params,
    platform: sender.platform,
    support: sender.supportUrl,
  };
  const lacks = (text: string, names: readonly string[]) =>
    namesIn(text).some((name) => names.includes(name) && !values[name]);
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the notice ${template} needs {${name}}`);
      return oneLine(value);
    });
  const filled = (lines: readonly string[] = []) => lines.filter((line) => !lacks(line, MAY_BE_UNKNOWN)).map(fill);
  const words: NoticeWords = TEMPLATES[template][locale];
  const subject = fill(words.subject);
  const [lines, after] = [filled(words.lines), filled(words.after)];
  const link =
    words.link && !lacks(words.link.href, MAY_BE_CLOSED)
      ? { label: fill(words.link.label), href: fill(words.link.href) }
      : undefined;
  const text = [
    ...lines,
    ...(link ? [`${link.label}${locale === 'fr' ? ' :' : ':'}\n${link.href}`] : []),
    ...after,
    supportLine(locale, sender),
  ].join('\n\n');
  const written = (line: string) => paragraph(line, locale);
  const body = [...lines.map(written), ...(link ? [button(link.href, link.label)] : []), ...after.map(written)].join(
    '\n',
  );
  const expiresAt = new Date(createdAt.getTime() + NOTICE_LIFE);
  return {
    id,
    to,
    subject,
    text: `${text}\n`,
    html: mailPage(locale, subject, body, sender),
    locale,
    expiresAt,
    writtenAt: createdAt,
  };
}
