import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBreaker } from '../../src/structures/breaker.ts';
import { type Directory, DirectoryDown, type Found } from '../../src/structures/directory.ts';
import { createDirectoryGuard } from '../../src/structures/directory-guard.ts';
import { type Answer, HERE, type Standing } from '../../src/structures/reading.ts';
import { type LdapStructure, structureDefinition } from '../../src/structures/structure.ts';
import type { DirectoryTries } from '../../src/structures/structures.ts';

/** As adapters/db/directory-tries.ts counts, which tests/contract holds. */
function triesInMemory(): DirectoryTries {
  const rows = new Map<string, { failures: number; lastAt: number }>();
  return {
    async take(key, now, { attempts, minutes }) {
      const row = rows.get(key);
      const quiet = now.getTime() - minutes * 60_000;
      if (!row || row.lastAt <= quiet) rows.set(key, { failures: 1, lastAt: now.getTime() });
      else if (row.failures < attempts) rows.set(key, { failures: row.failures + 1, lastAt: now.getTime() });
      else return new Date(row.lastAt + minutes * 60_000);
      return undefined;
    },
    async giveBack(key) {
      const row = rows.get(key);
      if (row && row.failures > 0) row.failures -= 1;
    },
    async set(key, failures, now) {
      if (rows.has(key)) rows.set(key, { failures, lastAt: now.getTime() });
    },
    async forget(key) {
      rows.delete(key);
    },
  };
}

/** People with a trouble of their own, and one who has none. */
const TROUBLES: Readonly<Record<string, { standing?: Standing; answer?: Omit<Answer, 'sent'>; unreadable?: boolean }>> =
  {
    nobody: {},
    wrong: { answer: { password: 'wrong', refusal: 'wrong' } },
    locked: { answer: { password: 'not-judged', refusal: 'locked' } },
    odd: { answer: { password: 'not-judged', refusal: 'unclear' } },
    'must-change': { answer: { password: 'right', refusal: 'must-change' } },
    disabled: { standing: { is: 'barred', why: 'disabled' } },
    unknown: { standing: { is: 'unknown', why: 'x' } },
    unreadable: { unreadable: true },
  };
const ORDINARY = 'ordinary';
const PAUSE = 20_000;

const structure = {
  ...structureDefinition.parse({
    id: 'chu',
    name: 'CHU',
    connector: { kind: 'ldap', servers: ['ldaps://x'], ca: '-----BEGIN CERTIFICATE-----', base_dn: 'DC=x' },
  }),
  enabled: true,
  version: 1,
} as LdapStructure;

function hospital() {
  let now = Date.parse('2026-12-01T08:00:00Z');
  let up = true;
  let lastDown = Number.NEGATIVE_INFINITY;
  const clock = () => new Date(now);
  const answers = async <T>(value: T): Promise<T> => {
    if (!up) throw new DirectoryDown('unreachable', 'down');
    return value;
  };
  const directory: Directory = {
    find: (login) => {
      const { standing = HERE, unreadable } = TROUBLES[login] ?? {};
      const entry = unreadable ? undefined : { entryId: login, roles: [] };
      const found: Found | undefined = login === 'nobody' ? undefined : { dn: `CN=${login}`, standing, entry };
      return answers(found);
    },
    check: (found) =>
      answers({
        sent: 1,
        ...(found
          ? (TROUBLES[found.dn.slice(3)]?.answer ?? { password: 'right' as const })
          : { password: 'wrong' as const, refusal: 'wrong' as const }),
      }),
    counted: () => answers(undefined),
    standing: () => answers(new Map()),
    roles: () => answers({ of: new Map(), unknown: new Set<string>() }),
    diagnose: async () => [],
    close: async () => undefined,
  };
  const breaker = createBreaker(clock, { directoryTurn: 60_000 });
  const guarded = createDirectoryGuard({ storage: { directoryTries: triesInMemory() }, clock });
  return {
    wait(seconds: number) {
      now += seconds * 1000;
    },
    power(on: boolean) {
      up = on;
      if (!on) lastDown = now;
    },
    /** Up, and for longer than anybody is kept waiting for it. */
    wellSince: () => up && now - lastDown >= PAUSE,
    async signIn(login: string): Promise<string> {
      try {
        const reading = await breaker(structure.id, async () => {
          const found = await directory.find(login);
          return guarded({ structure, directory, found, login, password: 'x', by: 0, known: false });
        });
        return reading.refusal ?? 'in';
      } catch (error) {
        if (!up) lastDown = now;
        return error instanceof DirectoryDown ? 'down' : (error as { code: string }).code;
      }
    },
  };
}

type Step =
  | { readonly do: 'try'; readonly who: string }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'power'; readonly on: boolean };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('try' as const),
      who: fc.constantFrom(...Object.keys(TROUBLES), 'wrong', 'wrong', ORDINARY, ORDINARY, ORDINARY),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 45 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('power' as const), on: fc.boolean() }) },
);

test("one person's trouble never shows on another's page, whatever people, outages and time come in which order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120 }), async (steps) => {
      const { wait, power, signIn, wellSince } = hospital();
      for (const one of steps) {
        if (one.do === 'wait') wait(one.seconds);
        else if (one.do === 'power') power(one.on);
        else {
          const expected = wellSince();
          const said = await signIn(one.who);
          // Whoever has no trouble of their own is let in whenever the directory has been well for the pause.
          if (one.who === ORDINARY && expected) expect(said).toBe('in');
          // And nobody is told that it is down, while it has been well for as long.
          if (expected) expect(said).not.toBe('down');
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('fifty at once find a directory that answers, though twelve alone are asked for at a time', async () => {
  const { signIn } = hospital();
  const said = await Promise.all(Array.from({ length: 50 }, (_, index) => signIn(`agent${index}`)));
  expect(new Set(said)).toEqual(new Set(['in']));
});

test('a wrong password that two servers may have counted is two tries', async () => {
  const at = new Date('2026-12-01T08:00:00Z');
  const guarded = createDirectoryGuard({ storage: { directoryTries: triesInMemory() }, clock: () => at });
  const directory = {
    check: async () => ({ password: 'wrong', refusal: 'wrong', sent: 2 }),
    counted: async () => undefined,
  } as unknown as Directory;
  const found = { dn: 'CN=x', standing: HERE, entry: { entryId: 'x', roles: [] } };
  const once = () => guarded({ structure, directory, found, login: 'x', password: 'x', by: 0, known: false });
  expect((await once()).refusal).toBe('wrong');
  expect((await once()).refusal).toBe('wrong');
  // Of the three that may be made here, four were.
  await expect(once()).rejects.toMatchObject({ code: 'too-many-tries' });
});
