import { createHash, X509Certificate } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Notifier } from '../delivery/notifier.ts';
import type { TemplateId } from '../delivery/templates.ts';
import { spokenDay } from '../spoken.ts';
import type { Storage } from '../storage.ts';
import type { StoredClient } from './client.ts';
import { shownName } from './foreign-metadata.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Days before an end at which contacts are told; a worker that was away tells the last of them only. */
const WARN_DAYS = [30, 7, 1] as const;

interface End {
  readonly what: string;
  readonly template: TemplateId;
  readonly until: Date;
}

function certificateEnds({ metadata }: StoredClient): End[] {
  const keys = (metadata.jwks?.keys ?? []) as readonly { readonly x5c?: readonly string[] }[];
  return keys.flatMap(({ x5c }) => {
    const der = Buffer.from(x5c?.[0] ?? '', 'base64');
    try {
      const until = new Date(new X509Certificate(der).validTo);
      const what = `certificate:${createHash('sha256').update(der).digest('hex').slice(0, 16)}`;
      return [{ what, template: 'client-certificate-ends', until } as const];
    } catch {
      // No certificate, or none that can be read: nothing that ends.
      return [];
    }
  });
}

/** Everything of an application that ends one day. */
function endsOf(client: StoredClient): End[] {
  const expires = Number(client.metadata.client_secret_expires_at ?? 0);
  const { previousSecret } = client;
  return [
    ...(expires > 0
      ? [{ what: 'secret', template: 'client-secret-ends', until: new Date(expires * 1000) } as const]
      : []),
    ...(previousSecret
      ? [{ what: 'previous-secret', template: 'client-previous-secret-ends', until: previousSecret.until } as const]
      : []),
    ...certificateEnds(client),
  ];
}

/** The smallest number of days that has come, while there is still something to do. */
function dueDays(until: Date, now: Date): number | undefined {
  const left = until.getTime() - now.getTime();
  return left <= 0 ? undefined : WARN_DAYS.findLast((days) => left <= days * DAY);
}

const isMail = (contact: string) => /^[^@\s]+@[^@\s]+$/.test(contact);

/**
 * Tells the contacts of every application what is about to end. Of several workers one writes each mail, in the same
 * transaction as the note that it was written.
 * @returns how many mails were written
 */
export async function warnContacts(
  { storage, clock, issuer, zone }: { storage: Storage; clock: Clock; issuer: string; zone: string },
  notifier: Notifier,
): Promise<number> {
  const now = clock();
  const written: string[] = [];
  for (const client of await storage.clients.list()) {
    const { metadata, disabled } = client;
    const contacts = (metadata.contacts ?? []).filter(isMail);
    if (disabled || contacts.length === 0) continue;
    for (const { what, template, until } of endsOf(client)) {
      const days = dueDays(until, now);
      // An old secret stays for two weeks: a month before its end it was the only one.
      if (days === undefined || (what === 'previous-secret' && days > 7)) continue;
      const ids = await storage.transaction(async (tx) => {
        if (!(await tx.clients.warnOnce(metadata.client_id, what, until, days, now))) return [];
        const params = {
          application: shownName(metadata.client_id, metadata.client_name),
          client: metadata.client_id,
          date: spokenDay(until, 'fr', zone),
          portal: `${issuer}/integrateurs`,
        };
        await tx.audit.write({
          event: 'client.contacts-warned',
          clientId: metadata.client_id,
          details: { what, days },
        });
        return Promise.all(contacts.map((to) => tx.notices.write({ template, to, locale: 'fr', at: now, params })));
      });
      written.push(...ids);
    }
  }
  await notifier.announce(written);
  return written.length;
}
