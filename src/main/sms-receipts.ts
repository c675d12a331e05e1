import type Router from '@koa/router';
import { createReceiptRoutes, type ReceiptSource } from '../delivery/receipt-route.ts';
import { createReceiptMetrics } from '../delivery/sms-receipts.ts';
import type { Parts } from './parts.ts';

/** The providers that say what became of a message; the names are those of their senders in workers.ts. */
function receiptSources({ settings }: Pick<Parts, 'settings'>): ReceiptSource[] {
  const all = [
    { provider: 'first', secret: settings.SMS_RECEIPT_SECRET, receipt: settings.SMS_RECEIPT },
    { provider: 'second', secret: settings.SMS_FALLBACK_RECEIPT_SECRET, receipt: settings.SMS_FALLBACK_RECEIPT },
  ];
  return all.flatMap(({ provider, secret, receipt }) => (secret && receipt ? [{ provider, secret, receipt }] : []));
}

export function smsReceiptRoutes(parts: Parts): Router[] {
  const sources = receiptSources(parts);
  if (sources.length === 0) return [];
  const metrics = createReceiptMetrics(
    parts.registry,
    sources.map(({ provider }) => provider),
  );
  return [createReceiptRoutes(sources, { ...parts, metrics })];
}
