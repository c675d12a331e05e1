import everyday from './jest.config.js';

/** What takes too long for every day: `npm run test:attack`, `npm run test:fault`. */
const [unit] = everyday.projects;
const project = (name) => ({ ...unit, displayName: name, testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`] });

export default { ...everyday, maxWorkers: 1, projects: ['attack', 'drill'].map(project) };
