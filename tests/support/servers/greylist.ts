import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Clock } from '../../../src/clock.ts';

export interface Greylist {
  readonly port: number;
  /** How often somebody was told to come back. */
  readonly deferred: number;
  /** From now on by this clock: who it has not seen for so many seconds comes back later. */
  begin(seconds: number, clock: Clock): void;
  stop(): Promise<void>;
}

/** As postgrey does it: by client, sender and recipient, over Postfix's policy protocol; what follows `+` in a sender is one sender. */
export async function greylist(): Promise<Greylist> {
  const seen = new Map<string, number>();
  const sockets = new Set<Socket>();
  let deferred = 0;
  let now: Clock = () => new Date();
  let delay = 0;
  const decide = (request: string): string => {
    const of = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(request)?.[1] ?? '';
    const triplet = [of('client_address'), of('sender').replace(/\+.*(?=@)/, ''), of('recipient')].join(' ');
    const first = seen.get(triplet) ?? now().getTime();
    seen.set(triplet, first);
    if (now().getTime() - first >= delay * 1000) return 'dunno';
    deferred += 1;
    return `defer_if_permit 4.2.0 Greylisted, see https://postgrey.schweikert.ch/help/${of('recipient')}`;
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      for (let end = heard.indexOf('\n\n'); end >= 0; end = heard.indexOf('\n\n')) {
        socket.write(`action=${decide(heard.slice(0, end))}\n\n`);
        heard = heard.slice(end + 2);
      }
    });
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get deferred() {
      return deferred;
    },
    begin(seconds, clock) {
      seen.clear();
      deferred = 0;
      delay = seconds;
      now = clock;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
