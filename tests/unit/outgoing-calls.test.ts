import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** What can open a connection to somewhere else. */
const OPENS =
  /(?<![\w.'-])fetch\(|from 'undici'|import \{[^}]*\b(?:request|get|connect|createConnection)\b[^}]*\} from 'node:(?:https?|http2|net|tls|dgram)'|import (?!type)(?!\{)[^;]*from '(?:nodemailer|openid-client)'|import \{[^}]*(?<!type )\bClient\b[^}]*\} from 'ldapts'|import \{[^}]*(?<!type )\bImapFlow\b[^}]*\} from 'imapflow'/;

/** Who does, and who chose where to. An address that somebody else chose goes through the guarded client alone. */
const CALLERS: Readonly<Record<string, 'guarded' | 'a setting' | 'an administrator'>> = {
  'src/upstream/outgoing-call.ts': 'guarded',
  'adapters/upstream/oidc.ts': 'guarded',
  'adapters/sms/http.ts': 'a setting',
  'adapters/signer/https.ts': 'a setting',
  'adapters/captcha/recaptcha.ts': 'a setting',
  'adapters/card/download.ts': 'a setting',
  'adapters/mail/imap.ts': 'a setting',
  'adapters/mail/smtp.ts': 'a setting',
  'adapters/mail/talk.ts': 'a setting',
  'adapters/ldap/connection.ts': 'an administrator',
};

describe('connections to somewhere else', () => {
  const callers = globSync('{src,adapters,interactions}/**/*.ts', { cwd: ROOT })
    .filter((file) => !file.startsWith('src/sandbox/'))
    .filter((file) => OPENS.test(read(file).replaceAll(/`[^`]*`/gs, '')));

  test('are opened by these files and no other', () => {
    expect(callers.sort()).toEqual(Object.keys(CALLERS).sort());
  });

  test('what a provider, an application or a registration names is called through the one guarded client', () => {
    expect(read('src/provider/outgoing.ts')).toContain('createOutgoingCall(parts)');
    expect(read('src/provider/configuration.ts')).toContain('fetch: createFetch(');
    expect(read('adapters/upstream/oidc.ts')).toMatch(/\[client\.customFetch\]|customFetch/);
    expect(read('adapters/upstream/transport.ts')).toContain('createOutgoingCall(');
  });

  test.each(callers.filter((file) => /(?<![\w.'-])fetch\(/.test(read(file))))(
    '%s follows no redirect: what it sends is for one host',
    (file) => {
      expect(read(file).match(/redirect: '(?:error|manual)'/g)?.length ?? 0).toBeGreaterThanOrEqual(
        read(file).match(/(?<![\w.'-])fetch\(/g)?.length ?? 0,
      );
    },
  );
});
