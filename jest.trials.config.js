import { readFileSync } from 'node:fs';
import everyday from './jest.config.js';

/** What takes too long for every day: `npm run test:attack`, `npm run test:fault`. */
const [unit] = everyday.projects;
const project = (name) => ({ ...unit, displayName: name, testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`] });

/** The everyday tests that hold a lesson of others run with the attacks. */
const lessons = JSON.parse(readFileSync(new URL('./tests/attack/lessons.json', import.meta.url), 'utf8'));
const held = [...new Set(lessons.flatMap(({ tests = [] }) => tests.map(({ file }) => `<rootDir>/${file}`)))];
// By turns and by ranks, over a thousand tries: see tests/http/enumeration-times.test.ts.
process.env.ENUMERATION_TRIES ??= '1000';
const [attack, drill] = ['attack', 'drill'].map(project);

export default {
  ...everyday,
  maxWorkers: 1,
  projects: [{ ...attack, testMatch: [...attack.testMatch, ...held] }, drill],
};
