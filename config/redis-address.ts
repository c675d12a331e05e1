/** What REDIS_URL says, read in one place. */
export interface RedisLocation {
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** The server; several nodes of a cluster; or the Sentinels that know where the server is. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly sentinel:
    | { readonly master: string; readonly username: string | undefined; readonly password: string | undefined }
    | undefined;
}

const FORM = /^(rediss?)(\+sentinel)?:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i;
const SENTINEL_PARAMETERS = ['sentinelUsername', 'sentinelPassword'];
const EXAMPLE = 'redis+sentinel://user:password@host1:26379,host2:26379,host3:26379/mymaster';

/** @throws with what is wrong with it, in words that hold no part of the address: it may hold a password. */
export function readRedisUrl(text: string): RedisLocation {
  const [, scheme, plus, login, authority = '', path = '', query] = FORM.exec(text) ?? [];
  if (!scheme)
    throw new Error(
      'must be redis://…, rediss://… (TLS), redis+sentinel://… or rediss+sentinel://…, without a # or space',
    );
  const sentinel = plus !== undefined;
  const [first = '', ...rest] = decoded(path).split('/').filter(Boolean);
  const master = sentinel ? first : undefined;
  const [database = '0', ...more] = sentinel ? rest : [first || '0', ...rest];
  if (master === '') throw new Error(`must name the master that the Sentinels watch, such as ${EXAMPLE}`);
  if (!/^\d{1,4}$/.test(database) || more.length > 0) throw new Error('may end with the number of a database only');
  const [username, ...password] = (login ?? '').split(':');
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys())
    if (!sentinel || !SENTINEL_PARAMETERS.includes(name))
      throw new Error(`may have no parameter ${name}: only Sentinels have some, ${SENTINEL_PARAMETERS.join(' and ')}`);
  return {
    tls: scheme === 'rediss',
    username: decoded(username) || undefined,
    password: decoded(password.join(':')) || undefined,
    database: Number(database),
    hosts: authority.split(',').map((one) => hostOf(one, sentinel ? 26379 : 6379)),
    sentinel:
      master === undefined
        ? undefined
        : {
            master,
            username: parameters.get('sentinelUsername') || undefined,
            password: parameters.get('sentinelPassword') || undefined,
          },
  };
}

function hostOf(text: string, usual: number): { host: string; port: number } {
  const [, host, port = String(usual)] = HOST.exec(text) ?? [];
  if (!host || Number(port) < 1 || Number(port) > 65535)
    throw new Error('must name hosts as host:port, several with a comma between them');
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function decoded(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('holds a % that begins no encoded letter: write %25 for %');
  }
}
