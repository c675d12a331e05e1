import type { Clock } from '../clock.ts';
import type { NoticeJob } from './jobs.ts';
import { anchor, button, escapeHtml, mailPage, oneLine, paragraph, type Sender, supportLine } from './mail-frame.ts';
import type { DeliveryMetrics } from './metrics.ts';
import type { Notice, Notices } from './notice.ts';
import { DeliveryRefused, type Mail, type MailSender } from './ports.ts';
import type { Remember } from './remembering.ts';
import { type NoticeWords, TEMPLATES } from './templates.ts';

const DAY = 24 * 60 * 60 * 1000;
/** A notice that could not be sent for so long tells nothing new. */
export const NOTICE_LIFE = 3 * DAY;

export interface NoticeDeps {
  readonly notices: Pick<Notices, 'byId' | 'markSent' | 'markGivenUp'>;
  readonly mail: MailSender;
  readonly remember: Remember;
  readonly metrics: Pick<DeliveryMetrics, 'noticeSent' | 'noticeFailed'>;
  readonly sender: Sender;
  readonly clock: Clock;
}

/**
 * Sends one notice, once if all goes well: a worker killed before the mark sends again under the same Message-ID.
 * @throws {DeliveryRefused} when the mail server did not take it; the queue decides whether to try again.
 */
export async function deliverNotice(
  { notices, mail, sender, clock, remember, metrics }: NoticeDeps,
  { noticeId }: NoticeJob,
): Promise<'sent' | 'gone' | 'already-sent' | 'expired'> {
  const notice = await notices.byId(noticeId);
  if (!notice) return 'gone';
  if (notice.sentAt || notice.givenUpAt) return 'already-sent';
  if (clock().getTime() >= notice.createdAt.getTime() + NOTICE_LIFE) return 'expired';
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

/** Values that are pages of ours: links in the HTML. Nobody else's value becomes one, whatever it looks like. */
const PLACES = new Set(['account', 'portal']);
const shown = (url: string) => url.replace(/^https?:\/\//, '');

/** @throws {Error} on a value that is not given: a mail with a hole is a defect. */
export function noticeMail({ id, template, to, locale, params, createdAt }: Notice, sender: Sender): Mail {
  const platform = oneLine(sender.platform);
  const values: Readonly<Record<string, string>> = { ...params, platform };
  const given = (name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the notice ${template} needs {${name}}`);
    return oneLine(value);
  };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => given(name));
  const fillHtml = (text: string) =>
    escapeHtml(text).replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = given(name);
      return PLACES.has(name) ? anchor(value, shown(value)) : escapeHtml(value);
    });
  const words: NoticeWords = TEMPLATES[template][locale];
  const subject = fill(words.subject);
  const lines = words.lines.map(fill);
  const after = (words.after ?? []).map(fill);
  const link = words.link && { label: fill(words.link.label), href: fill(words.link.href) };
  const text = [
    ...lines,
    ...(link ? [`${link.label}${locale === 'fr' ? ' :' : ':'}\n${link.href}`] : []),
    ...after,
    supportLine(locale, sender),
  ].join('\n\n');
  const written = (line: string) => paragraph(fillHtml(line));
  const body = [
    ...words.lines.map(written),
    ...(link ? [button(link.href, link.label)] : []),
    ...(words.after ?? []).map(written),
  ].join('\n');
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
