import type { Breaker } from '../../src/upstream/breaker.ts';
import {
  createOutgoingCall,
  type OutgoingCall,
  type OutgoingInit,
  type OutgoingParts,
} from '../../src/upstream/outgoing-call.ts';

/** It could not be reached, was too slow, or failed by itself: nothing is known of what it would have said. */
export class TransportFailed extends Error {
  override readonly name = 'TransportFailed';
}

/** As openid-client and jose call `fetch`. */
export type Transport = OutgoingCall;

export interface TransportParts extends OutgoingParts {
  readonly breaker: Breaker;
}

/** Calls to one provider, counted: while it does not answer, nobody waits for it. */
export function createTransport({ breaker, ...parts }: TransportParts): Transport {
  const call = createOutgoingCall({ keepAlive: true, ...parts });

  async function send(url: string, init: OutgoingInit): Promise<Response> {
    const response = await call(url, init);
    if (response.status >= 500) throw new Error(`answered ${response.status}`);
    return response;
  }

  return async (url, init) => {
    try {
      const response = await send(url, init);
      breaker.succeeded();
      return response;
    } catch (cause) {
      breaker.failed();
      throw new TransportFailed((cause as Error).message, { cause });
    }
  };
}

/** Tried again, twice: for what may be asked any number of times. */
export const persistent =
  (transport: Transport, isSafe: (url: string) => boolean): Transport =>
  async (url, init) => {
    const method = init.method ?? 'GET';
    for (const pause of method === 'GET' && isSafe(url) ? [100, 400] : []) {
      try {
        return await transport(url, init);
      } catch (error) {
        if (init.signal?.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    return transport(url, init);
  };
