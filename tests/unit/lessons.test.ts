import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Lesson {
  readonly number: number;
  readonly source: string;
  readonly lesson: string;
  readonly tests?: readonly { readonly file: string; readonly title: string }[];
  readonly absent?: string;
  /** What of it does not apply here, and why. */
  readonly reasons?: readonly string[];
}

/** What went wrong elsewhere: one by one, and the kinds of it. `npm run test:attack` runs every file that is named. */
const COLLECTIONS = { lessons: 85, peers: 15 } as const;

describe.each(Object.entries(COLLECTIONS))('each lesson of others is held by a test: %s', (name, count) => {
  const lessons = JSON.parse(read(`tests/attack/${name}.json`)) as readonly Lesson[];

  test.each(lessons.filter(({ tests }) => tests))('$number. $source: $lesson', ({ tests = [] }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, title } of tests) expect([file, title, read(file).includes(title)]).toEqual([file, title, true]);
  });

  test('or it is said why it does not apply', () => {
    const silent = lessons.filter(({ tests, absent }) => !tests && !absent).map(({ number }) => number);
    const numbers = Array.from({ length: count }, (_, at) => at + 1);
    expect([silent, lessons.map(({ number }) => number)]).toEqual([[], numbers]);
  });
});
