import type { Clock } from '../clock.ts';
import type { DeliveryMetrics } from './metrics.ts';
import { DeliveryRefused, type SmsSender } from './ports.ts';

/**
 * Asks the second provider whenever the first fails, also when it refuses for good: a closed account or a country it
 * does not serve is its own affair. Only both refusing for good is final. A first one that timed out may have
 * sent the message all the same: the person then gets the same code twice, which is better than none.
 */
export function smsWithFallback(
  first: SmsSender,
  second: SmsSender,
  clock: Clock,
  metrics: Pick<DeliveryMetrics, 'fellBack'>,
): SmsSender {
  return {
    name: `${first.name}, ${second.name}`,
    async send(sms) {
      const failure = await first.send(sms).catch((error: unknown) => {
        if (error instanceof DeliveryRefused) return error;
        throw error;
      });
      if (!(failure instanceof DeliveryRefused)) return failure;
      metrics.fellBack(first.name);
      if (clock() >= sms.expiresAt) throw failure;
      try {
        return await second.send(sms);
      } catch (error) {
        if (!(error instanceof DeliveryRefused)) throw error;
        // What can still pass counts: only both refusing for good is final.
        const { reason } = error.permanent ? failure : error;
        throw new DeliveryRefused(`${failure.message}; ${error.message}`, reason);
      }
    },
  };
}
