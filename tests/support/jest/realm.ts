/** The global objects that any test could reach, and their prototypes: what one file breaks, the next would stumble over. */
const OBJECTS: readonly [string, object][] = [
  ['globalThis', globalThis],
  ['process', process],
  ...Object.getOwnPropertyNames(globalThis).flatMap((name): [string, object][] => {
    // A getter that loads something (crypto, navigator, localStorage) is no plain value, and is left alone.
    const value: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
    if (typeof value !== 'function' && !['Math', 'JSON', 'Reflect', 'Intl', 'Atomics'].includes(name)) return [];
    const object = value as { prototype?: object };
    return object.prototype
      ? [
          [name, object],
          [`${name}.prototype`, object.prototype],
        ]
      : [[name, object]];
  }),
];

/** Node.js and Jest write these themselves. */
const OTHERS = new Set([
  'console',
  'stackTraceLimit',
  'exitCode',
  'domain',
  '_events',
  '_eventsCount',
  '_exiting',
  'title',
]);
/** Jest-circus keeps its state of one file under such symbols. */
const isOfCircus = (key: PropertyKey) =>
  typeof key === 'symbol' && /^(JEST_|EVENT_HANDLERS|RETRY_|mire\.jest)/.test(key.description ?? '');

type Shape = ReadonlyMap<PropertyKey, PropertyDescriptor>;

const shapeOf = (object: object): Shape =>
  new Map(
    Reflect.ownKeys(object)
      .filter((key) => !OTHERS.has(String(key)) && !isOfCircus(key))
      .map((key) => [key, Object.getOwnPropertyDescriptor(object, key) as PropertyDescriptor]),
  );

const same = (one: PropertyDescriptor, other: PropertyDescriptor | undefined) =>
  other !== undefined && Object.is(one.value, other.value) && one.get === other.get && one.set === other.set;

export interface Realm {
  /** Puts everything back. @returns what had been changed, by name. */
  restore(): string[];
}

/** How the realm is before a file of tests. */
export function remember(): Realm {
  const shapes = OBJECTS.map(([name, object]) => ({ name, object, shape: shapeOf(object) }));
  const environment = { ...process.env };
  const folder = process.cwd();
  return {
    restore() {
      const changed = shapes.flatMap(({ name, object, shape }) =>
        restoreObject(object, shape).map((key) => `${name}.${key} changed`),
      );
      changed.push(...restoreEnvironment(environment));
      if (process.cwd() !== folder) {
        changed.push('another working directory');
        process.chdir(folder);
      }
      return changed;
    },
  };
}

function restoreObject(object: object, before: Shape): string[] {
  const now = shapeOf(object);
  const added = [...now.keys()].filter((key) => !before.has(key));
  const changed = [...before].filter(([key, descriptor]) => !same(descriptor, now.get(key)));
  for (const key of added) Reflect.deleteProperty(object, key);
  for (const [key, descriptor] of changed) Reflect.defineProperty(object, key, descriptor);
  return [...added, ...changed.map(([key]) => key)].map(String);
}

function restoreEnvironment(before: NodeJS.ProcessEnv): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(process.env)]);
  return [...names]
    .filter((name) => process.env[name] !== before[name])
    .map((name) => {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
      return `process.env.${name} changed`;
    });
}
