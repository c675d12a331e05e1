import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SizedGround } from './size-ground.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** `mire audit verify` as an operator runs it, and what memory it has meanwhile (Linux). */
export async function measureVerify({ env, url, say }: SizedGround): Promise<void> {
  const since = performance.now();
  const child = spawn(process.execPath, [MAIN, 'audit', 'verify'], {
    env: { PATH: process.env.PATH ?? '', ...env(url) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (part: Buffer) => {
    printed += part;
  });
  const ended = once(child, 'exit').then(([code]) => code as number);
  const memory: number[] = [];
  while (child.exitCode === null) {
    const status = await Promise.race([ended.then(() => ''), wait(5000).then(() => statusOf(child.pid))]);
    const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
    if (kilobytes > 0) memory.push(kilobytes / 1024);
  }
  const took = (performance.now() - since) / 1000;
  say(
    `  audit verify ended with ${await ended} after ${took.toFixed(0)} s: ${printed.replace(/\s+/g, ' ').slice(0, 200)}`,
  );
  const at = (share: number) => memory[Math.floor(memory.length * share)]?.toFixed(0);
  say(
    `  its memory in MB: ${at(0.1)} after a tenth of the time, ${at(0.5)} in the middle, ${Math.max(...memory).toFixed(0)} at most`,
  );
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has just ended.
    return '';
  }
}
