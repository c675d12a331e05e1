import { relative } from 'node:path';
import type { AggregatedResult } from '@jest/test-result';
import { type Cost, childrenTime, ownTime, takeCosts } from './costs.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
const sum = (costs: readonly Cost[], of: (cost: Cost) => number) => costs.reduce((all, cost) => all + of(cost), 0);

/** Says at the end of a run where its time went, so that it stays fast. */
export default class CostsReporter {
  onRunComplete(_contexts: unknown, { testResults }: AggregatedResult): void {
    const costs = takeCosts();
    if (costs.length === 0) return;
    const lines = [...this.#slowest(testResults, costs), '', ...this.#kinds(costs), ...this.#floor(costs)];
    process.stderr.write(`${lines.join('\n')}\n\n`);
  }

  #slowest(testResults: AggregatedResult['testResults'], costs: readonly Cost[]): string[] {
    const timed = testResults.map(({ testFilePath, perfStats }) => {
      const cost = costs.find(({ path }) => path === testFilePath);
      return { file: relative(ROOT, testFilePath), took: perfStats.end - perfStats.start, cost };
    });
    const slowest = timed.sort((one, other) => other.took - one.took).slice(0, 10);
    const line = ({ file, took, cost }: (typeof timed)[number]) =>
      `  ${seconds(took).padStart(8)}  ${seconds((cost?.own ?? 0) + (cost?.children ?? 0)).padStart(8)}  ${file}`;
    return ['The ten slowest files (by the clock, of processor):', ...slowest.map(line)];
  }

  #kinds(costs: readonly Cost[]): string[] {
    const kinds = [...new Set(costs.map(({ project }) => project))].sort();
    const line = (kind: string) => {
      const those = costs.filter(({ project }) => project === kind);
      const own = sum(those, (cost) => cost.own);
      const children = sum(those, (cost) => cost.children);
      return `  ${kind.padEnd(10)}${seconds(own).padStart(9)}${seconds(children).padStart(9)}  ${those.length} files`;
    };
    const all = `  jest itself ${seconds(ownTime())}; all processes that have ended so far ${seconds(childrenTime())}`;
    return ['Processor time by kind (the workers, the processes they started):', ...kinds.map(line), all];
  }

  /** The lightest file that starts the service in a worker that had run others before. */
  #floor(costs: readonly Cost[]): string[] {
    const [least] = costs
      .filter(({ started, before }) => started > 0 && before > 0)
      .sort((one, other) => one.own - other.own);
    if (!least) return [];
    return [`The floor of a file with the service: ${seconds(least.own)} of processor (${relative(ROOT, least.path)})`];
  }
}
