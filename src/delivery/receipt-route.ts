import { createHmac, timingSafeEqual } from 'node:crypto';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import type { Context } from 'koa';
import type { SmsReceipt } from '../../config/sms-settings.ts';
import { FlowError, UserError } from '../http/errors.ts';
import { valuesAt } from '../http/json-place.ts';
import { requestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import { countedAddress } from '../protection/address.ts';
import type { Limits } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import { type Receipt, type ReceiptMetrics, type Received, takeReceipt } from './sms-receipts.ts';

/** How one provider's receipts are told from anybody else's, and read. */
export interface ReceiptSource {
  /** As its sender is called: `first` or `second`. */
  readonly provider: string;
  readonly secret: string;
  readonly receipt: SmsReceipt;
}

export interface ReceiptParts {
  readonly storage: Pick<Storage, 'transaction'>;
  readonly limits: Pick<Limits, 'take'>;
  readonly metrics: ReceiptMetrics;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

const BODY_MAX = 64 * 1024;
/** Receipts in one request, where a provider sends many. */
const MOST = 500;
const ID_MAX = 200;

const parse = bodyParser({
  encoding: 'utf-8',
  enableTypes: ['json', 'form'],
  jsonLimit: BODY_MAX,
  formLimit: BODY_MAX,
  onError: (error) => {
    const { status, type } = error as Error & { status?: number; type?: string };
    if (status === 413 || type === 'entity.too.large') throw new FlowError('body-too-large');
    throw new FlowError('bad-request', {}, error);
  },
});

const same = (given: string, wanted: string): boolean => {
  const [got, right] = [Buffer.from(given), Buffer.from(wanted)];
  return got.length === right.length && timingSafeEqual(got, right);
};

/** The secret itself, as a token or as the password of Basic (RFC 7617); or that of the body under it. */
export function isProven({ secret, receipt }: Omit<ReceiptSource, 'provider'>, header: string, body: string): boolean {
  if (receipt.proof === 'hmac-sha256') {
    const given = header.replace(/^sha256=/i, '');
    const mac = createHmac('sha256', secret).update(body).digest();
    return same(given.toLowerCase(), mac.toString('hex')) || same(given, mac.toString('base64'));
  }
  const [, scheme = '', token = ''] = /^(Bearer|Basic) +(.*)$/i.exec(header) ?? [];
  if (scheme.toLowerCase() !== 'basic') return same(scheme ? token : header, secret);
  const pair = Buffer.from(token, 'base64').toString();
  return same(pair.slice(pair.indexOf(':') + 1), secret);
}

/** @returns what it says of each message; a state that the setting does not name says nothing. */
export function readReceipts({ id, state, states }: SmsReceipt, body: unknown): Receipt[] {
  const [ids, said] = [valuesAt(body, id), valuesAt(body, state)];
  if (ids.length !== said.length || ids.length > MOST) return [];
  return ids.flatMap((messageId, index) => {
    const word = said[index] ?? '';
    const known = Object.hasOwn(states, word) ? states[word] : undefined;
    return messageId && messageId.length <= ID_MAX ? [{ messageId, state: known ?? ('unknown' as const) }] : [];
  });
}

/**
 * `POST /sms/receipts/<provider>`: machines call it, which have no cookie and no form; what proves a receipt is the
 * provider's secret. A message that nobody knows is no error of the provider's: it is counted, and asked for no more.
 */
export function createReceiptRoutes(
  sources: readonly ReceiptSource[],
  { storage, limits, metrics, log }: ReceiptParts,
): Router {
  const router = new Router();

  async function refuse(ctx: Context, provider: string): Promise<void> {
    const { supportCode, address } = requestInfo(ctx.req);
    metrics.taken(provider, 'unproven');
    log.warn({ provider, supportCode }, 'a receipt does not prove whose it is');
    ctx.body = { error: 'unauthorized', support_code: supportCode };
    try {
      await limits.take('sms-receipts', countedAddress(address));
      ctx.status = 401;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      ctx.status = 429;
      ctx.set('retry-after', String(Math.ceil(Number(error.detail.retryAfter))));
    }
  }

  for (const source of sources) {
    const { provider, receipt } = source;
    router.post(`/sms/receipts/${provider}`, async (ctx) => {
      ctx.set('cache-control', 'no-store');
      if (!ctx.is('application/json', 'application/x-www-form-urlencoded')) throw new FlowError('content-type');
      if (Number(ctx.get('content-length')) > BODY_MAX) throw new FlowError('body-too-large');
      await parse(ctx as unknown as Context, async () => undefined);
      const { rawBody = '', body } = ctx.request as { rawBody?: string; body?: unknown };
      if (!isProven(source, ctx.get(receipt.header), rawBody)) return refuse(ctx as unknown as Context, provider);
      const came: Partial<Record<Received, number>> = {};
      for (const one of readReceipts(receipt, body)) {
        const outcome = await takeReceipt(storage, provider, one);
        metrics.taken(provider, outcome);
        came[outcome] = (came[outcome] ?? 0) + 1;
      }
      log.info({ provider, came }, 'receipts of SMS were read');
      ctx.status = 204;
    });
  }
  return router;
}
