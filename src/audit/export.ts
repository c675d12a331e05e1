import type { ReadLine } from './chain.ts';

export const EXPORT_FORMATS = ['jsonl', 'cef', 'ocsf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const refused = (event: string) => /refused|blocked$/.test(event) && event !== 'account.blocked';

function json(line: ReadLine): Record<string, unknown> {
  const given = Object.entries({ ...line, details: JSON.parse(line.details) }).filter(([, value]) => value !== null);
  return Object.fromEntries(given);
}

/** ArcSight CEF: `\`, `|` in the header, `\`, `=` and line ends in the extension. */
const header = (text: string) => text.replace(/[\\|]/g, '\\$&').replace(/[\r\n]+/g, ' ');
const extension = (text: string) => text.replace(/[\\=]/g, '\\$&').replace(/\r?\n/g, '\\n');

function cef(line: ReadLine): string {
  const pairs: Record<string, string | null> = {
    rt: String(Date.parse(line.at)),
    externalId: line.id,
    suid: line.accountId,
    outcome: refused(line.event) ? 'failure' : 'success',
    requestClientApplication: line.clientId,
    cs1: line.mode,
    cs1Label: line.mode && 'mode',
    cs2: line.acr,
    cs2Label: line.acr && 'acr',
    cs3: line.supportCode,
    cs3Label: line.supportCode && 'supportCode',
    cs4: line.addressHash,
    cs4Label: line.addressHash && 'addressHash',
    cs5: line.place,
    cs5Label: line.place && 'network',
    msg: line.details === '{}' ? null : line.details,
  };
  const said = Object.entries(pairs).flatMap(([name, value]) => (value ? [`${name}=${extension(value)}`] : []));
  const severity = refused(line.event) ? 5 : 3;
  return `CEF:0|Mire|Mire|1|${header(line.event)}|${header(line.event)}|${severity}|${said.join(' ')}`;
}

/** OCSF 1.3: Authentication (3002) for sign-ins and sessions, Account Change (3001) for accounts, else API Activity (6003). */
function ocsf(line: ReadLine): Record<string, unknown> {
  const [subject = ''] = line.event.split('.');
  const [class_uid, activity_id] = ['sign-in', 'session', 'consent'].includes(subject)
    ? [3002, line.event.startsWith('session.') ? 2 : 1]
    : subject === 'account'
      ? [3001, 99]
      : [6003, 99];
  return {
    class_uid,
    category_uid: Math.floor(class_uid / 1000),
    activity_id,
    type_uid: class_uid * 100 + activity_id,
    time: Date.parse(line.at),
    severity_id: refused(line.event) ? 3 : 1,
    status_id: refused(line.event) ? 2 : 1,
    message: line.event,
    metadata: { version: '1.3.0', uid: line.id, product: { name: 'Mire', vendor_name: 'Mire' } },
    ...(line.accountId ? { user: { uid: line.accountId } } : {}),
    ...(line.clientId ? { service: { name: line.clientId } } : {}),
    ...(line.mode ? { auth_protocol: line.mode } : {}),
    unmapped: json(line),
  };
}

/** One line of the audit, on one line of text. */
export function exported(line: ReadLine, format: ExportFormat): string {
  if (format === 'cef') return cef(line);
  return JSON.stringify(format === 'ocsf' ? ocsf(line) : json(line));
}
