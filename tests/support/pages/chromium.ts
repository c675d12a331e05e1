import { afterEach, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { arrive, leave, type VisitOptions, type Visitor } from './visitors.ts';

export type { Visitor } from './visitors.ts';

/** Visitors in the worker's browser for the tests of a `describe`; whatever it complained about to them fails the test. */
export function useChromium(): { visit(options?: VisitOptions): Promise<Visitor> } {
  let visitors: Awaited<ReturnType<typeof arrive>>[] = [];
  afterEach(async () => {
    const problems = visitors.flatMap((visitor) => visitor.problems);
    const left = visitors;
    visitors = [];
    await Promise.all(left.map(leave));
    expect(problems).toEqual([]);
  });
  return {
    async visit(options = {}) {
      const visitor = await arrive(options);
      visitors.push(visitor);
      return visitor;
    },
  };
}

/** CSS pixels by which the page is wider than the window. */
export const overflow = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
