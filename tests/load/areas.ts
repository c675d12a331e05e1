/** A CPU profile as V8 gives it (Chrome DevTools Protocol, Profiler.Profile). */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[] | undefined;
  }[];
  readonly samples?: readonly number[] | undefined;
  /** Microseconds. */
  readonly timeDeltas?: readonly number[] | undefined;
}

/** Whose code a function is, by its address; the first that fits. Node.js itself is whose it works for. */
const AREAS = [
  [
    'PostgreSQL: driver and pool',
    /\/node_modules\/(?:pg|pg-[a-z]+|postgres-[a-z]+|tarn|knex)\/|\/adapters\/db\/(?:prepared|query|statement)\./,
  ],
  [
    'Redis: driver',
    /\/node_modules\/(?:ioredis|@ioredis|redis-[a-z]+|denque|cluster-key-slot|standard-as-callback)\/|\/adapters\/(?:redis\.|oidc\/redis)/,
  ],
  ['stores: what leaves in one write', /\/adapters\/leave-together\./],
  ['sealing and hashing', /\/src\/protection\/secrets\.|\/adapters\/oidc\/codec\./],
  ['repositories', /\/adapters\//],
  ['JOSE: signing and checking', /\/node_modules\/jose\//],
  ['oidc-provider', /\/node_modules\/oidc-provider\//],
  ['pages', /\/node_modules\/(?:pug[a-z-]*|@ladjs|koa-views|consolidate)\/|\.pug|\/interactions\/views/],
  ['koa and cookies', /\/node_modules\//],
  ['Mire itself', /\/(?:src|interactions|config|tests)\//],
] as const;

const NODE = 'Node.js: HTTP, sockets, timers';
const OUTSIDE = 'outside JavaScript: system calls, native work';
const MEMORY = 'memory: garbage collection';
export const AREA_NAMES: readonly string[] = [NODE, ...AREAS.map(([name]) => name), MEMORY, OUTSIDE];

const FUNCTIONS = 20;
const ASLEEP = new Set(['(idle)', '(root)']);
const areaOf = (url: string): string | undefined => AREAS.find(([, where]) => where.test(url))?.[0];

export interface Told {
  /** Milliseconds in which the event loop's thread did something; what its thread pool did is not sampled. */
  readonly awake: number;
  /** Share of what the process did, by area; together 1. */
  readonly areas: Readonly<Record<string, number>>;
  /** The functions in which it was longest, without what they called, longest first. */
  readonly functions: readonly { readonly name: string; readonly share: number }[];
}

/**
 * Where a process spent its time: each sample counts for the code that runs, or that called Node.js to do it for it. What
 * goes on after an `await` has no caller, and counts for itself.
 */
export function tellProfile({ nodes, samples = [], timeDeltas = [] }: Profile): Told {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parent = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const known = new Map<number, string>();
  const area = (id: number): string => {
    const before = known.get(id);
    if (before) return before;
    const { functionName = '', url = '' } = byId.get(id)?.callFrame ?? {};
    const above = parent.get(id);
    const found =
      functionName === '(garbage collector)'
        ? MEMORY
        : functionName === '(program)'
          ? OUTSIDE
          : (areaOf(url) ?? (above === undefined ? NODE : area(above)));
    known.set(id, found);
    return found;
  };
  const areas = new Map<string, number>();
  const own = new Map<string, number>();
  let awake = 0;
  for (const [i, id] of samples.entries()) {
    const { functionName = '', url = '', lineNumber = 0 } = byId.get(id)?.callFrame ?? {};
    // Nor is starting and ending the profile work of the server.
    if (ASLEEP.has(functionName) || url === 'node:inspector') continue;
    const took = Math.max(0, timeDeltas[i] ?? 0);
    const file = url
      .replace(/^.*\/node_modules\//, '')
      .replace(/^.*\/(?=(?:src|interactions|adapters|config|tests)\/)/, '');
    const name = `${functionName || '(anonymous)'}${file ? ` ${file}:${lineNumber + 1}` : ''}`;
    awake += took;
    areas.set(area(id), (areas.get(area(id)) ?? 0) + took);
    own.set(name, (own.get(name) ?? 0) + took);
  }
  const share = (took: number) => took / Math.max(1, awake);
  return {
    awake: awake / 1000,
    areas: Object.fromEntries(AREA_NAMES.map((name) => [name, share(areas.get(name) ?? 0)])),
    functions: [...own]
      .sort(([, a], [, b]) => b - a)
      .slice(0, FUNCTIONS)
      .map(([name, took]) => ({ name, share: share(took) })),
  };
}
