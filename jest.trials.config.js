import { readFileSync } from 'node:fs';
import everyday, { project, services } from './jest.config.js';

/** The everyday tests that hold a lesson of others run with the attacks. */
const lessons = ['lessons', 'peers'].flatMap((name) =>
  JSON.parse(readFileSync(new URL(`./tests/attack/${name}.json`, import.meta.url), 'utf8')),
);
const held = [...new Set(lessons.flatMap(({ tests = [] }) => tests.map(({ file }) => `<rootDir>/${file}`)))];
// By turns and by ranks, over a thousand tries: see tests/slow/enumeration-times.test.ts.
process.env.ENUMERATION_TRIES ??= '1000';
const attack = project('attack', ['attack'], services);

/** What takes too long for every day: `npm run test:attack`, `npm run test:fault`. */
export default {
  ...everyday,
  maxWorkers: 1,
  projects: [{ ...attack, testMatch: [...attack.testMatch, ...held] }, project('drill', ['drill'], services)],
};
