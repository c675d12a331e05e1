/**
 * Writes every page, in each of its states and languages, as a file that a browser opens without a server:
 *   node tools/preview.ts <folder>
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleSheet } from '../interactions/assets/assets.ts';
import { LANGS } from '../interactions/layout/lang.ts';
import { ROOT, renderSample, SAMPLES } from '../tests/support/pages/page-samples.ts';

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('Say in which folder to write the pages.\n');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
cpSync(join(ROOT, 'interactions/assets'), join(folder, 'assets'), { recursive: true });
writeFileSync(join(folder, 'assets/mire.css'), styleSheet());
const links: string[] = [];
for (const lang of LANGS) {
  for (const sample of SAMPLES) {
    const file = `${sample.name}.${lang}.html`;
    writeFileSync(join(folder, file), renderSample(sample, lang).replaceAll('"/assets/', '"assets/'));
    links.push(`<li><a href="${file}">${file}</a></li>`);
  }
}
writeFileSync(
  join(folder, 'index.html'),
  `<!doctype html><html lang="fr"><title>Pages</title><ul>${links.join('\n')}</ul></html>`,
);
process.stdout.write(`${links.length} pages in ${folder}\n`);
