import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Issued } from '../../../src/sandbox/card-certificates.ts';
import { binary } from '../jest/binaries.ts';
import { DAY } from './card-authorities.ts';

export interface ResponderSketch {
  readonly folder: string;
  /** Whose certificates it answers for. */
  readonly authority: Issued;
  /** Who signs its answers. */
  readonly signer: Issued;
  readonly good: readonly Issued[];
  readonly revoked: readonly Issued[];
  readonly options?: readonly string[];
}

export interface Responder {
  readonly address: string;
  stop(): Promise<void>;
}

/** A real responder, OpenSSL's, on a port of its own. */
export async function startResponder(sketch: ResponderSketch): Promise<Responder> {
  const { folder, authority, signer, good, revoked, options = ['-ndays', '1'] } = sketch;
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const index = write('index.txt', [...good.map(validLine), ...revoked.map(revokedLine)].join(''));
  const child = spawn(binary('openssl') ?? 'openssl', [
    ...['ocsp', '-port', '0', '-index', index, '-CA', write('ca.pem', authority.certificatePem)],
    ...['-rsigner', write('signer.pem', signer.certificatePem), '-rkey', write('signer.key', signer.privateKeyPem)],
    ...options,
  ]);
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const port = await portOf(child);
  return {
    address: `http://127.0.0.1:${port}`,
    async stop() {
      process.off('exit', end);
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** It says `ACCEPT [::]:43925 PID=5887`. */
async function portOf({ stdout, stderr }: ChildProcess): Promise<string> {
  if (!stdout || !stderr) throw new Error('the responder was started without its outputs');
  const said: string[] = [];
  stderr.on('data', (text) => said.push(String(text)));
  for await (const line of createInterface({ input: stdout })) {
    const [, port] = /^ACCEPT .*:(\d+)\b/.exec(line) ?? [];
    if (port) return port;
  }
  throw new Error(`the responder did not start: ${said.join('')}`);
}

/** The lines of `openssl ca`: dates as YYMMDDHHMMSSZ, the serial in whole bytes. */
const dated = (date: Date) => `${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`;
const inAYear = () => dated(new Date(Date.now() + 365 * DAY));
const serialOf = ({ serial }: Issued) => serial.replace(/^(?:00)+/, '').toUpperCase();
const validLine = (card: Issued) => `V\t${inAYear()}\t\t${serialOf(card)}\tunknown\t/CN=card\n`;
const revokedLine = (card: Issued) =>
  `R\t${inAYear()}\t${dated(new Date(Date.now() - DAY))}\t${serialOf(card)}\tunknown\t/CN=card\n`;
