import fc from 'fast-check';
import { DOORS, type Door } from './doors.ts';
import { nasty } from './nasty.ts';

/** One request as it goes on the wire. */
export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent with the cookies and the token of a sign-in under way, at its address. */
  readonly inside: boolean;
}

const encoded = fc.constantFrom(
  (text: string) => encodeURIComponent(text.toWellFormed()),
  (text: string) => Array.from(Buffer.from(text, 'utf8'), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  // As it is, but for what would end the request line.
  (text: string) => text.replace(/[^\x21-\x7e]|#/g, (character) => encodeURIComponent(character.toWellFormed())),
);

const authorization = fc.oneof(
  { weight: 5, arbitrary: fc.constant('Basic cm9yOnJvci1zYW5kYm94LXNlY3JldA==') },
  { weight: 1, arbitrary: nasty.map((text) => `Basic ${Buffer.from(text).toString('base64')}`) },
  { weight: 1, arbitrary: nasty.map((text) => `Bearer ${text}`) },
  { weight: 1, arbitrary: nasty },
);
/** What node would refuse to send: header values are Latin-1 without controls. */
const headerValue = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '').slice(0, 6000);

function shotAt(door: Door): fc.Arbitrary<Shot> {
  const names = Object.keys(door.fields);
  return fc
    .record({
      mutated: fc.array(fc.tuple(fc.constantFrom(...(names.length > 0 ? names : ['x'])), nasty), {
        minLength: 0,
        maxLength: 3,
      }),
      left: names.length > 0 ? fc.subarray(names) : fc.constant<string[]>([]),
      foreign: fc.array(fc.tuple(nasty, nasty), { maxLength: 2 }),
      encode: encoded,
      authorization: door.client
        ? authorization
        : fc.oneof({ weight: 6, arbitrary: fc.constant('') }, { weight: 1, arbitrary: authorization }),
      type: fc.oneof(
        { weight: 12, arbitrary: fc.constant(door.json ? 'application/json' : 'application/x-www-form-urlencoded') },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'application/json',
            'text/plain',
            'multipart/form-data; boundary=x',
            'application/x-www-form-urlencoded; charset=utf-7',
            '',
          ),
        },
        { weight: 1, arbitrary: nasty },
      ),
      accept: fc.constantFrom('text/html', 'application/json', '*/*', 'text/html;q=0', 'x'),
      language: fc.oneof({ weight: 4, arbitrary: fc.constant('fr') }, { weight: 1, arbitrary: nasty }),
      cookie: fc.oneof(
        { weight: 5, arbitrary: fc.constant('') },
        {
          weight: 1,
          arbitrary: nasty.map(
            (text) => `mire_session=${text}; mire_device=${text}; mire_mode=${text}; mire_lang=${text}`,
          ),
        },
      ),
      method: fc.oneof(
        { weight: 15, arbitrary: fc.constant<string>(door.method) },
        { weight: 1, arbitrary: fc.constantFrom('PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'GET', 'POST') },
      ),
      raw: fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: nasty }),
    })
    .map(({ mutated, left, foreign, encode, type, accept, language, cookie, method, raw, ...given }) => {
      const kept = left.length > names.length / 2 ? left : names.filter((name) => !left.includes(name));
      const pairs: [string, string][] = [
        ...kept.map((name): [string, string] => [name, door.fields[name] ?? '']),
        ...mutated,
        ...foreign,
      ];
      const merged = new Map<string, string>();
      for (const [name, value] of pairs) merged.set(name, value);
      // A name twice, now and then: RFC 6749 §3.1 forbids it.
      const list = foreign.length === 1 ? pairs : [...merged];
      const query = list.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
      const posts = method !== 'GET' && method !== 'HEAD';
      const body = raw ?? (door.json ? JSON.stringify(Object.fromEntries(merged)) : query);
      const headers: Record<string, string> = { accept, 'accept-language': headerValue(language) };
      if (given.authorization) headers.authorization = headerValue(given.authorization);
      if (cookie) headers.cookie = headerValue(cookie);
      if (posts && type) headers['content-type'] = headerValue(type);
      return {
        method,
        path: posts || query === '' ? door.path : `${door.path}?${query.slice(0, 14_000)}`,
        headers,
        ...(posts ? { body: body.slice(0, 60_000) } : {}),
        inside: door.inside === true,
      };
    });
}

export const shots: fc.Arbitrary<Shot> = fc.constantFrom(...DOORS).chain(shotAt);
