import type { IncomingMessage } from 'node:http';

/** Bytes after which nobody waits any longer: what is longer is refused by whoever reads it. Under Node's own buffer. */
const ENOUGH = 56 * 1024;

export type Arrival = 'arrived' | 'late' | 'gone';

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Waits until the whole body of a request is here, and leaves it where it is for whoever reads it. A client that sends half
 * of it, or a byte a minute, keeps a socket and a few bytes of memory meanwhile, and no place of anybody else's.
 */
export function bodyArrival(request: IncomingMessage, patience: number): Promise<Arrival> {
  const here = (): Arrival | undefined => {
    if (request.complete || request.readableLength >= ENOUGH) return 'arrived';
    return request.destroyed ? 'gone' : undefined;
  };
  const now = hasBody(request) ? here() : 'arrived';
  if (now) return Promise.resolve(now);
  return new Promise((resolve) => {
    const settle = (arrival: Arrival) => {
      clearTimeout(timer);
      for (const event of ['readable', 'close', 'error'] as const) request.off(event, look);
      resolve(arrival);
    };
    const look = () => {
      const arrival = here();
      if (arrival) settle(arrival);
    };
    const timer = setTimeout(() => settle('late'), patience);
    for (const event of ['readable', 'close', 'error'] as const) request.on(event, look);
  });
}
