import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '../../support/jest/services.ts';
import { freePort } from '../../support/mire.ts';
import { plainNginx } from '../../support/servers/own-nginx.ts';
import { ownDirectory } from '../../support/servers/own-server.ts';

describeWith('nginx', 'the nginx that we ship, while two processes are restarted one after the other', () => {
  let front: string;
  let ports: number[];
  let stop: () => Promise<void>;
  const running = new Map<number, Server>();
  const start = (port: number) =>
    new Promise<void>((resolve) => {
      running.set(port, createServer((_, response) => response.end(String(port))).listen(port, '127.0.0.1', resolve));
    });
  const end = (port: number) =>
    new Promise<void>((resolve) => {
      const server = running.get(port);
      running.delete(port);
      server?.close(() => resolve());
      server?.closeAllConnections();
    });
  /** Who answered, of as many requests as meet every process. */
  const ask = async (method: string): Promise<string[]> => {
    const seen: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      const answer = await fetch(front, { method });
      seen.push(answer.ok ? await answer.text() : String(answer.status));
    }
    return [...new Set(seen)].sort();
  };

  beforeAll(async () => {
    ports = [await freePort(), await freePort()];
    const folder = await ownDirectory();
    const { nginx, front: at } = await plainNginx(folder.path, ports);
    front = at;
    stop = async () => {
      await nginx.kill();
      await folder.remove();
    };
  });
  afterAll(async () => {
    await Promise.all([...running.keys()].map(end));
    await stop?.();
  });

  test.each(['GET', 'POST'])(
    'a process that has just come back is asked again at once: no 502 (%s)',
    async (method) => {
      const [one = 0, two = 0] = ports;
      for (const port of ports) if (!running.has(port)) await start(port);
      await ask(method);
      await end(one);
      expect(await ask(method)).toEqual([String(two)]);
      await start(one);
      await end(two);
      expect(await ask(method)).toEqual([String(one)]);
    },
  );
});
