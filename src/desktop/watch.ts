import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { DesktopRequests } from './request.ts';

/** Tells when somebody answered a request, on whichever replica: PostgreSQL is asked once for all that wait here. */
export interface Watch {
  /** Resolves when nobody waits for the request any more, or when the watch is left or closed. */
  settled(id: string, left: AbortSignal): Promise<void>;
  /** Lets everybody go: the process stops, and their browsers ask another one. */
  close(): void;
}

/** Requests that one process watches at once. */
const MOST = 2000;

export function createWatch({
  requests,
  clock,
  log,
  every,
}: {
  requests: DesktopRequests;
  clock: Clock;
  log: Log;
  /** Milliseconds between two looks. */
  every: number;
}): Watch {
  const waiting = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function look(): Promise<void> {
    try {
      for (const id of await requests.settled([...waiting.keys()], clock()))
        for (const tell of waiting.get(id) ?? []) tell();
    } catch (err) {
      log.warn({ err }, 'the requests that browsers wait for could not be read');
    }
    timer = undefined;
    start();
  }

  /** Only while somebody waits. */
  function start(): void {
    if (timer || closed || waiting.size === 0) return;
    timer = setTimeout(() => void look(), every);
    timer.unref();
  }

  return {
    settled(id, left) {
      // Beyond that a browser asks again every second by itself, which costs no memory.
      if (closed || left.aborted || waiting.size >= MOST) return Promise.resolve();
      return new Promise((resolve) => {
        const tell = () => {
          left.removeEventListener('abort', tell);
          const others = waiting.get(id);
          others?.delete(tell);
          if (others?.size === 0) waiting.delete(id);
          resolve();
        };
        left.addEventListener('abort', tell);
        waiting.set(id, (waiting.get(id) ?? new Set()).add(tell));
        start();
      });
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const tells of [...waiting.values()]) for (const tell of [...tells]) tell();
    },
  };
}
