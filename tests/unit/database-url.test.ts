import { describe, expect, test } from '@jest/globals';
import { databaseUrlProblem, parseDatabaseUrl } from '../../config/database-url.ts';

const places = (url: string) => parseDatabaseUrl(url).places;

describe('DATABASE_URL', () => {
  test.each([
    ['postgres://u:p@h1:5433/db', [{ host: 'h1', port: 5433 }]],
    ['postgresql://h1/db', [{ host: 'h1', port: 5432 }]],
    [
      'postgres://u:p@h1:5432,h2,h3:5433/db?target_session_attrs=read-write',
      [
        { host: 'h1', port: 5432 },
        { host: 'h2', port: 5432 },
        { host: 'h3', port: 5433 },
      ],
    ],
    [
      'postgres://[2001:db8::1]:5433,[::1]/db',
      [
        { host: '2001:db8::1', port: 5433 },
        { host: '::1', port: 5432 },
      ],
    ],
    [
      'postgres:///db?host=h1,h2&port=5433',
      [
        { host: 'h1', port: 5433 },
        { host: 'h2', port: 5433 },
      ],
    ],
    ['postgres://u@localhost/db?host=/var/run/postgresql', [{ host: '/var/run/postgresql', port: 5432 }]],
    ['postgres://u@%2Fvar%2Frun%2Fpostgresql/db', [{ host: '/var/run/postgresql', port: 5432 }]],
    ['postgres:///db', [{ host: 'localhost', port: 5432 }]],
  ])('names servers as libpq writes them: %s', (url, expected) => {
    expect(places(url)).toEqual(expected);
  });

  test('who and what, with the signs of a password kept', () => {
    expect(parseDatabaseUrl('postgres://mire:p%40%3Ass@word@h/ma%20base?connect_timeout=3')).toMatchObject({
      user: 'mire',
      password: 'p@:ss@word',
      database: 'ma base',
      connectTimeout: 3,
    });
    expect(parseDatabaseUrl('postgres://h')).toMatchObject({
      user: undefined,
      password: undefined,
      database: undefined,
    });
  });

  test.each([
    ['', undefined],
    ['?sslmode=verify-full', 'verify-full'],
    ['?ssl=true', 'require'],
    ['?ssl=0', 'disable'],
    ['?sslrootcert=/ca.pem', 'verify-full'],
    ['?sslmode=verify-ca&sslcert=/c.pem&sslkey=/k.pem', 'verify-ca'],
  ])('TLS by %s', (query, sslMode) => {
    expect(parseDatabaseUrl(`postgres://h/db${query}`).sslMode).toBe(sslMode);
  });

  test.each([
    ['mysql://h/db', /must be postgres:/],
    ['postgres://h:5x/db', /"5x" is no port/],
    ['postgres://h1,,h2/db', /an empty one/],
    ['postgres:///db?host=h1,h2,h3&port=1,2', /more or fewer ports/],
    ['postgres://h/db?target_session_attrs=standby', /Mire writes/],
    ['postgres://h/db?sslmode=perhaps', /sslmode is one of/],
    ['postgres://h/db?sslcert=/c.pem', /come together/],
    ['postgres://h/db?connect_timeout=soon', /number of seconds/],
    ['postgres://h/db?target_session_attr=any', /target_session_attr: not known here/],
  ])('what is wrong is said: %s', (url, said) => {
    expect(databaseUrlProblem(url)).toMatch(said);
  });

  test('no word of it quotes a password', () => {
    expect(databaseUrlProblem('postgres://u:geheim@h:0/db?x=1')).not.toContain('geheim');
  });
});
