import { once } from 'node:events';

interface Answer {
  readonly id?: number;
  readonly result?: { readonly usedSize?: number };
  readonly error?: { readonly message: string };
}

/**
 * What a Node.js process on this machine holds. It was started with `--inspect=127.0.0.1:<port>`.
 * @returns a function that collects all garbage, then gives the heap in use, in megabytes
 */
export async function heapOf(port: number): Promise<{ held(): Promise<number>; close(): void }> {
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');
  let last = 0;
  const ask = (method: string) =>
    new Promise<Answer['result']>((resolve, reject) => {
      const id = ++last;
      const listen = ({ data }: MessageEvent) => {
        const { id: of, result, error } = JSON.parse(String(data)) as Answer;
        if (of !== id) return;
        socket.removeEventListener('message', listen);
        if (error) reject(new Error(error.message));
        else resolve(result);
      };
      socket.addEventListener('message', listen);
      socket.send(JSON.stringify({ id, method }));
    });
  await ask('HeapProfiler.enable');
  return {
    async held() {
      // What a first round frees lets a second one free more: finalizers, weak references.
      await ask('HeapProfiler.collectGarbage');
      await ask('HeapProfiler.collectGarbage');
      return ((await ask('Runtime.getHeapUsage'))?.usedSize ?? Number.NaN) / 1e6;
    },
    close: () => socket.close(),
  };
}
