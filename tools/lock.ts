import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Completes package-lock.json after `npm install`: a registry that lacks a package's builds for other platforms leaves
 * them out of the file, and `npm ci` (npm 11) then refuses it everywhere. What is added has no checksum, and is fetched
 * on its own platform alone.
 */
interface Locked {
  version?: string;
  dev?: boolean;
  optionalDependencies?: Record<string, string>;
  [field: string]: unknown;
}

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> };

/** `linux-arm64-musl` at the end of a name, as package.json says it. */
function platformOf(name: string): Record<string, string[]> {
  const [, os = '', cpu = '', libc = ''] =
    /-(android|darwin|freebsd|linux|openharmony|win32|win)-([a-z0-9]+)(?:-(\w+))?$/.exec(name) ?? [];
  if (!os) throw new Error(`${name} does not say its platform: add it to package-lock.json by hand`);
  return {
    cpu: [cpu],
    ...(os === 'linux' && libc ? { libc: [libc.startsWith('musl') ? 'musl' : 'glibc'] } : {}),
    os: [os === 'win' ? 'win32' : os],
  };
}

for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const found = [`${path}/node_modules/${name}`, `node_modules/${name}`].some((place) => lock.packages[place]);
    if (found) continue;
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true };
    process.stdout.write(`added ${name} ${version}\n`);
  }
}
const packages = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
