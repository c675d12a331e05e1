/**
 * `DATABASE_URL` as libpq writes it (PostgreSQL, "Connection URIs"): several hosts, tried in turn, and what else may
 * stand behind the question mark.
 */

export interface Place {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  /** Of a name that leads to several servers: one of them. */
  readonly address?: string;
}

export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
export type SslMode = (typeof SSL_MODES)[number];

export interface DatabaseAddress {
  readonly places: readonly Place[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** Seconds for each place to answer, where the address says so. */
  readonly connectTimeout: number | undefined;
  readonly options: string | undefined;
  readonly sslMode: SslMode | undefined;
  /** Paths of files in PEM. */
  readonly sslRootCert: string | undefined;
  readonly sslCert: string | undefined;
  readonly sslKey: string | undefined;
}

/** What is asked of a server. Mire writes: whichever of these is said, it looks for the one that takes writes. */
const WRITES = ['any', 'read-write', 'primary'];
const KNOWN = [
  'host',
  'port',
  'user',
  'password',
  'dbname',
  'connect_timeout',
  'target_session_attrs',
  'options',
  'application_name',
  'ssl',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
];
const PARTS = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const DEFAULT_PORT = 5432;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A password with a percent sign of its own.
    return text;
  }
}

function portOf(text: string | undefined): number {
  if (!text) return DEFAULT_PORT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new TypeError(`"${text}" is no port`);
  return port;
}

/** `h1:5432,h2,[::1]:5433` */
const placesOf = (hosts: string): Place[] =>
  hosts.split(',').map((one) => {
    const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(one) ?? [];
    const host = decoded(bracketed ?? plain ?? '');
    if (!host) throw new TypeError('names no host, or an empty one among several');
    return { host, port: portOf(port) };
  });

/** `?host=h1,h2&port=5432,5433`: one port stands for all hosts. */
function placesOfParameters(host: string, port: string | undefined): Place[] {
  const hosts = host.split(',');
  const ports = port?.split(',') ?? [];
  if (ports.length > 1 && ports.length !== hosts.length) throw new TypeError('has more or fewer ports than hosts');
  return hosts.map((one, i) => ({ host: one, port: portOf(ports.length > 1 ? ports[i] : ports[0]) }));
}

function sslModeOf(parameters: URLSearchParams): SslMode | undefined {
  const ssl = parameters.get('ssl');
  const asked = parameters.get('sslmode') ?? (ssl === 'true' || ssl === '1' ? 'require' : ssl);
  const files = ['sslrootcert', 'sslcert', 'sslkey'].some((name) => parameters.has(name));
  if (asked === null) return files ? 'verify-full' : undefined;
  if (asked === '0' || asked === 'false') return 'disable';
  const mode = SSL_MODES.find((one) => one === asked);
  if (!mode) throw new TypeError(`sslmode is one of ${SSL_MODES.join(', ')}`);
  return mode;
}

function checkParameters(parameters: URLSearchParams): void {
  const unknown = [...parameters.keys()].filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) throw new TypeError(`${unknown.join(', ')}: not known here; known are ${KNOWN.join(', ')}`);
  const asked = parameters.get('target_session_attrs');
  if (asked !== null && !WRITES.includes(asked))
    throw new TypeError(`target_session_attrs=${asked}: Mire writes; say read-write, or nothing`);
  if (parameters.has('sslcert') !== parameters.has('sslkey'))
    throw new TypeError('sslcert and sslkey come together: a certificate and its key');
}

/** @throws {TypeError} whose message says what is wrong with it, without a word of its secrets. */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const parts = PARTS.exec(url);
  if (!parts) throw new TypeError('must be postgres://user:password@host:port,host:port/database?…');
  const [, login, hosts = '', path = '', query = ''] = parts;
  const parameters = new URLSearchParams(query);
  checkParameters(parameters);
  const [user, ...password] = login === undefined ? [] : login.split(':');
  const host = parameters.get('host');
  const timeout = parameters.get('connect_timeout');
  if (timeout !== null && !/^[1-9]\d{0,3}$/.test(timeout))
    throw new TypeError('connect_timeout is a number of seconds');
  const text = (name: string) => parameters.get(name) ?? undefined;
  return {
    places: host
      ? placesOfParameters(host, text('port'))
      : hosts === ''
        ? [{ host: 'localhost', port: portOf(text('port')) }]
        : placesOf(hosts),
    user: text('user') ?? (user ? decoded(user) : undefined),
    password: text('password') ?? (password.length > 0 ? decoded(password.join(':')) : undefined),
    database: text('dbname') ?? (path ? decoded(path) : undefined),
    connectTimeout: timeout === null ? undefined : Number(timeout),
    options: text('options'),
    sslMode: sslModeOf(parameters),
    sslRootCert: text('sslrootcert'),
    sslCert: text('sslcert'),
    sslKey: text('sslkey'),
  };
}

/** @returns what is wrong with it, in words; undefined when nothing is. */
export function databaseUrlProblem(url: string): string | undefined {
  try {
    parseDatabaseUrl(url);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
