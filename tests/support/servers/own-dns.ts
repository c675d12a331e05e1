import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ServiceRecord } from '../../../adapters/ldap/srv-records.ts';

export interface OwnDns {
  /** As Node.js's resolver takes it. */
  readonly address: string;
  /** How often this name was asked for. */
  readonly asked: (name: string) => number;
  /** None: the name does not exist. */
  set(name: string, records: readonly ServiceRecord[] | undefined): void;
  /** Hears every question, and answers none. */
  silence(silent: boolean): void;
  stop(): Promise<void>;
}

const TYPE_SRV = 33;
const NO_SUCH_NAME = 3;

const labels = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

/** RFC 1035 §4.1.2: the name, and where the question ends. */
function questionOf(message: Buffer): { name: string; end: number } {
  const parts: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    parts.push(message.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  return { name: parts.join('.').toLowerCase(), end: at + 5 };
}

function answerOf({ name, port, priority, weight }: ServiceRecord): Buffer {
  const head = Buffer.alloc(12);
  // The name of the question, by its place (RFC 1035 §4.1.4).
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(TYPE_SRV, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  const body = Buffer.alloc(6);
  [priority, weight, port].forEach((value, index) => void body.writeUInt16BE(value, index * 2));
  const target = labels(name);
  head.writeUInt16BE(body.length + target.length, 10);
  return Buffer.concat([head, body, target]);
}

/** A DNS server that knows SRV records (RFC 2782) and nothing else. */
export async function ownDns(): Promise<OwnDns> {
  const known = new Map<string, readonly ServiceRecord[]>();
  const counts = new Map<string, number>();
  let silent = false;
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const { name, end } = questionOf(message);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (silent) return;
    const records = known.get(name);
    const header = Buffer.from(message.subarray(0, 12));
    // An answer, to a question that asked for recursion, which there is.
    header.writeUInt16BE(0x8180 | (records ? 0 : NO_SUCH_NAME), 2);
    header.writeUInt16BE(records?.length ?? 0, 6);
    header.writeUInt32BE(0, 8);
    const answer = [header, message.subarray(12, end), ...(records ?? []).map(answerOf)];
    socket.send(Buffer.concat(answer), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    asked: (name) => counts.get(name) ?? 0,
    set(name, records) {
      if (records) known.set(name, records);
      else known.delete(name);
    },
    silence(next) {
      silent = next;
    },
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
