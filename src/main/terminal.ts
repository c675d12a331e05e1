import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Where a command is typed and answers: `process`, or what stands in for it. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  readonly stdout: Writable;
  readonly stderr: Writable;
  exitCode?: number | string | null | undefined;
}

/** Text as it is, anything else as JSON. */
export function print({ stdout }: Pick<Terminal, 'stdout'>, value: unknown): void {
  stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`);
}

/** One line of the standard input: a secret never stands on a command line, where others of the machine read it. */
export async function readLine({ stdin }: Pick<Terminal, 'stdin'>): Promise<string | undefined> {
  for await (const line of createInterface({ input: stdin })) return line;
  return undefined;
}
