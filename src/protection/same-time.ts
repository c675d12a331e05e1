import { setTimeout as wait } from 'node:timers/promises';
import type { Floor } from '../../config/pace.ts';

/** Waits until an answer that must not tell anything has taken as long as any other. @param since performance.now() */
export async function sameTime(since: number, { least, chance }: Floor): Promise<void> {
  const rest = least + Math.random() * chance - (performance.now() - since);
  if (rest > 0) await wait(rest);
}

/** @param since performance.now(), when the try began */
export async function refuse(since: number, floor: Floor, error: Error): Promise<never> {
  await sameTime(since, floor);
  throw error;
}

/** Does something that takes as long whatever comes of it. */
export async function drowned<T>(floor: Floor, work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  try {
    return await work();
  } finally {
    await sameTime(since, floor);
  }
}
