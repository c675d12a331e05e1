import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorsPage } from './docs/errors.ts';
import { limitsPage } from './docs/limits.ts';
import { settingsPage } from './docs/settings.ts';

/** Writes the pages of docs/ that are made from the code: `npm run docs`. A test says when one is stale. */
const PAGES = { 'docs/errors.md': errorsPage, 'docs/limits.md': limitsPage, 'docs/settings.md': settingsPage };

for (const [name, page] of Object.entries(PAGES)) {
  writeFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), page());
}
