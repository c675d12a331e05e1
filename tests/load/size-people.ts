import { NATIONAL_ID } from '../../src/accounts/account.ts';
import { createPasswords } from '../../src/accounts/passwords.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { person } from './prepare.ts';
import { bytesOf, Copy, uuidOf } from './size-copy.ts';

const DAY = 24 * 60 * 60 * 1000;
const CHUNK = 2000;

export const accountId = (number: number): string => uuidOf('account', number);

const SYLLABLES = 'bel mar du ran ver col gau thi ber nau les mon cha pre rou vi lan ger fon tai hu den sol bra'.split(
  ' ',
);
const GIVEN = 'Anne Karim Luc Inès Paul Awa Hugo Léa Omar Rose Yann Zoé Ali Eva Noé Lina Tom Iris Marc Nour'.split(' ');
const [PROFESSIONS, TITLES] = [
  ['10', '21', '40', '50', '60', '70'],
  ['M', 'MME'],
];

const pick = <T>(list: readonly T[], byte: number | undefined): T => list[(byte ?? 0) % list.length] as T;

const statusOf = (number: number) => (number % 100 === 7 ? 'blocked' : number % 200 === 11 ? 'closed' : 'active');
/** Whether that person may sign in. */
export const mayReturn = (number: number): boolean => statusOf(number) === 'active';

/** Some families are large, as they are: a product of two chances. */
export function nameOf(number: number): { family: string; given: string } {
  const b = bytesOf('name', number);
  const at = (i: number) => pick(SYLLABLES, Math.floor(((b[i] ?? 0) * (b[i + 8] ?? 0)) / 256));
  const family = `${at(0)}${at(1)}${at(2)}`;
  return { family: `${family[0]?.toUpperCase()}${family.slice(1)}`, given: pick(GIVEN, b[3]) };
}

export interface PeopleParts {
  readonly url: string;
  readonly vault: Vault;
  readonly now: Date;
  readonly termsVersion: string;
  readonly password: { readonly text: string; readonly memory: number; readonly passes: number };
}

/**
 * Accounts `from`…`to`, with a password, a national id for four in five, what its card said, three sign-ins, and a desktop
 * for one in twenty. One in a hundred is blocked, one in two hundred closed, one in ten has not signed in for a year.
 */
export async function seedPeople({ url, vault, now, ...parts }: PeopleParts, from: number, to: number): Promise<void> {
  const hash = await createPasswords(parts.password).hash(parts.password.text);
  const accounts = new Copy(url, 'accounts', [
    ...['id', 'login', 'login_key', 'email', 'email_key', 'email_verified', 'phone', 'phone_verified', 'title'],
    ...['family_name', 'given_name', 'profession', 'specialty', 'terms_version', 'terms_accepted_at', 'status'],
    ...['status_since', 'created_at', 'updated_at', 'email_checked_at'],
  ]);
  const passwords = new Copy(url, 'passwords', ['account_id', 'hash', 'updated_at']);
  const identities = new Copy(url, 'identities', ['id', 'account_id', 'source', 'external_id_hash', 'external_id']);
  const facts = new Copy(url, 'account_facts', ['account_id', 'source', 'said', 'digest', 'stated_at']);
  const signIns = new Copy(url, 'sign_ins', [
    ...['id', 'account_id', 'client_id', 'mode', 'acr', 'amr', 'authenticated_at', 'created_at', 'place', 'user_agent'],
  ]);
  const desktops = new Copy(url, 'desktop_devices', [
    ...['id', 'account_id', 'client_id', 'jkt', 'name', 'created_at', 'last_used_at'],
  ]);
  const tables = [accounts, passwords, identities, facts, signIns, desktops];
  const ago = (ms: number) => new Date(now.getTime() - ms);

  for (let number = from; number < to; number += 1) {
    const id = accountId(number);
    const { family, given } = nameOf(number);
    const { login } = person(number);
    const mail = `${login}@hopital.example`;
    const b = bytesOf('life', number);
    const made = ago((30 + (b.readUInt16BE(0) % 1000)) * DAY);
    const status = statusOf(number);
    const phone = `+336${String(number % 100_000_000).padStart(8, '0')}`;
    const checked = number % 20 === 3 ? null : ago((b[2] ?? 0) * 1.3 * DAY);
    const profession = pick(PROFESSIONS, b[3]);
    accounts.add(
      ...[id, login, login, mail, mail, true, phone, number % 4 !== 0, pick(TITLES, b[4]), family, given, profession],
      ...[null, parts.termsVersion, made, status, status === 'active' ? made : ago((b[5] ?? 0) * 0.2 * DAY)],
      ...[made, made, checked],
    );
    passwords.add(id, hash, made);
    if (number % 5 !== 0) {
      const nationalId = `8${String(10_000_000_000 + number)}`;
      const identity = uuidOf('identity', number);
      identities.add(
        ...[identity, id, NATIONAL_ID, vault.index(nationalId, `identity:${NATIONAL_ID}`)],
        vault.seal(nationalId, `identity:${identity}`),
      );
      const said = JSON.stringify({ family_name: family, given_name: given, profession });
      facts.add(id, 'cps', vault.seal(said, `fact:${id}:cps`), vault.index(said, `fact:${id}:cps`), made);
    }
    const idle = number % 10 === 9 ? 340 * DAY : 0;
    for (let i = 0; i < 3; i += 1) {
      const at = ago(idle + (b.readUInt16BE(6 + 2 * i) % 300) * 0.08 * DAY * (i + 1));
      signIns.add(
        ...[uuidOf('past', number * 3 + i), id, 'ror', 'login-mdp', 'eidas1', '{pwd}', at, at],
        ...['10.0.0.0/16', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'],
      );
    }
    if (number % 20 === 0) {
      const desktop = uuidOf('desktop', number);
      const name = vault.seal('Poste de soins', `desktop-device:${desktop}:name`);
      desktops.add(desktop, id, 'monsisra', bytesOf('jkt', number).toString('base64url'), name, made, now);
    }
    if (number % CHUNK === 0) for (const table of tables) await table.flush();
  }
  for (const table of tables) await table.end();
}

export const PEOPLE_TABLES = ['passwords', 'identities', 'account_facts', 'sign_ins', 'desktop_devices'] as const;
