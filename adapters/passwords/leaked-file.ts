import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { LeakedPasswords } from '../../src/accounts/password-rule.ts';
import { ConfigError } from '../../src/http/errors.ts';

const sha1 = (password: string) => createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
const HASHED = /^[0-9A-F]{40}(?::\d+)?\r?$/i;
/** Holds two lines of a list of hashes, wherever it is cut. */
const WINDOW = 256;

/**
 * A list in one of two forms, told by its first line: SHA-1 hashes in order, as Have I Been Pwned hands them out
 * (searched on the disk, whatever its size), or passwords, one a line (kept in memory as hashes).
 * @throws {ConfigError} when it cannot be read
 */
export async function openLeakedFile(path: string): Promise<LeakedPasswords> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    throw new ConfigError('LEAKED_PASSWORDS_FILE: the file cannot be read');
  }
  const { buffer, bytesRead } = await file.read(Buffer.alloc(WINDOW), 0, WINDOW, 0);
  const [first = ''] = buffer.toString('utf8', 0, bytesRead).split('\n');
  if (HASHED.test(first)) {
    const { size } = await file.stat();
    return { has: async (password) => holds(file, size, sha1(password)) };
  }
  await file.close();
  const hashes = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    if (line !== '') hashes.add(sha1(line));
  }
  return { has: async (password) => hashes.has(sha1(password)) };
}

/** Binary search by bytes: lines have about one length, and each begins with its hash. */
async function holds(file: FileHandle, size: number, wanted: string): Promise<boolean> {
  let [low, high] = [0, size];
  const buffer = Buffer.alloc(WINDOW);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const from = Math.max(0, middle - 1);
    const { bytesRead } = await file.read(buffer, 0, WINDOW, from);
    const text = buffer.toString('latin1', 0, bytesRead);
    const begin = from === 0 && middle === 0 ? 0 : text.indexOf('\n') + 1;
    const hash = text.slice(begin, begin + 40).toUpperCase();
    const start = from + begin;
    // No line begins between the middle and the end: what is left is before it.
    if ((begin === 0 && middle !== 0) || hash.length < 40 || start >= high) high = middle;
    else if (hash === wanted) return true;
    else if (hash < wanted) low = start + 40;
    else high = middle;
  }
  return false;
}
