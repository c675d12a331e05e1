import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules about colours, sizes and places: what they find depends on the look of the page. */
const OF_LOOKS = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];
/** What every page is judged by; a report that names fewer did not look. */
const LEAST = { TAGS: 80, OF_LOOKS: OF_LOOKS.length };

/**
 * All that the other rules read: the elements with their texts and attributes, what stands in the fields, and which
 * elements are hidden from whom, in this look. Style sheets decide the last, so that it is asked of each element; not of
 * those in a drawing that is decoration, whoever sees it.
 */
const STRUCTURE = `(() => {
  const seen = [document.documentElement.outerHTML, document.activeElement?.id];
  for (const element of document.querySelectorAll('*')) {
    if (element.closest('svg[aria-hidden=true]')) continue;
    const { display, visibility, opacity, clip, clipPath, overflow, position } = getComputedStyle(element);
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    seen.push([['none', 'contents'].indexOf(display), visibility, opacity === '0', clip, clipPath, overflow, position].join(' '),
      [right + scrollX <= 0, bottom + scrollY <= 0, left >= innerWidth, width < 2, height < 2].map(Number).join(''));
    if ('value' in element) seen.push(element.value, element.checked, element.disabled);
    if (element.shadowRoot) seen.push(element.shadowRoot.innerHTML);
  }
  return seen.join('\\n');
})()`;

/** What was found about a structure, whatever its look. */
const known = new Map<string, readonly Violation[]>();

type Violation = readonly [rule: string, text: string];

interface Report {
  readonly rules: number;
  readonly violations: readonly Violation[];
}

/** Only what is read of a report crosses from the browser: a whole one takes longer to send than to make. */
async function run(page: Page, runOnly: readonly string[], least: number): Promise<readonly Violation[]> {
  // What the other assets are loaded for, no rule of these asks.
  const options = JSON.stringify({ runOnly, preload: { assets: ['media'] } });
  const { rules, violations } = (await page.evaluate(`axe.run(${options}).then((report) => ({
    rules: [report.passes, report.violations, report.incomplete, report.inapplicable].flat().length,
    violations: report.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => [id, id + ': ' + target.join(' ')])),
  }))`)) as Report;
  if (rules < least) throw new Error(`axe only looked at ${rules} rules`);
  return violations;
}

/**
 * What axe finds on the page as it stands. All its rules judge a structure once; in the other looks of the same one, only
 * those that depend on the look do. Its script needs a page without a content policy, or `bypassCSP`.
 */
export async function axe(page: Page): Promise<string[]> {
  const structure = createHash('sha256')
    .update((await page.evaluate(STRUCTURE)) as string)
    .digest('base64');
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  const before = known.get(structure);
  const found = await (before ? run(page, OF_LOOKS, LEAST.OF_LOOKS) : run(page, TAGS, LEAST.TAGS));
  if (!before) {
    known.set(
      structure,
      found.filter(([rule]) => !OF_LOOKS.includes(rule)),
    );
  }
  return [...(before ?? []), ...found].map(([, text]) => text);
}
