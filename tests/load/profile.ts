import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const MOST = 20;
const ASLEEP = new Set(['(idle)', '(program)', '(root)']);
const ROOT = new URL('../../', import.meta.url).href;

/** Where a process spent its time, function by function, without what it called: the first lines of a CPU profile. */
export function topOf(folder: string): string {
  return globSync(`${folder}/**/*.cpuprofile`)
    .sort()
    .map((file) => {
      const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
      const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
      const own = new Map<string, number>();
      let awake = 0;
      for (const [i, id] of samples.entries()) {
        const { functionName = '', url = '', lineNumber = 0 } = frames.get(id) ?? {};
        if (ASLEEP.has(functionName)) continue;
        const took = timeDeltas[i] ?? 0;
        const where = url ? `  ${url.replace(ROOT, '').replace(/^node_modules\//, '')}:${lineNumber + 1}` : '';
        const name = `${functionName || '(anonymous)'}${where}`;
        own.set(name, (own.get(name) ?? 0) + took);
        awake += took;
      }
      const top = [...own].sort(([, a], [, b]) => b - a).slice(0, MOST);
      const lines = top.map(([name, took]) => `${((100 * took) / awake).toFixed(1).padStart(6)} %  ${name}`);
      return [`${relative(folder, file)}: ${(awake / 1e6).toFixed(1)} s of processor`, ...lines].join('\n');
    })
    .join('\n\n');
}
