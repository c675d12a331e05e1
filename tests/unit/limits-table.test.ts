import { describe, expect, test } from '@jest/globals';
import { DOORS, type Door } from '../../src/protection/doors.ts';
import { ALL_OF_A_DAY, DAY_OF_ONE_ACCOUNT, TRIES } from '../../src/protection/limits/tries.ts';
import { LIMITS, type LimitName } from '../../src/protection/limits.ts';

const doors = Object.entries<Door>(DOORS);
const present = (...names: (LimitName | undefined)[]) => names.filter((name) => name !== undefined);
const ofKnown = ({ known, beside }: Door) => present(known, beside?.known);
const ofOthers = ({ known, ...door }: Door) =>
  present(door.seen, door.strangers, door.address, door.proven, door.beside?.seen, door.beside?.strangers);

describe('the table of limits', () => {
  test('nothing that stands before a known browser can be used up by anybody else, at whatever door', () => {
    const others = new Set(doors.flatMap(([, door]) => ofOthers(door)));
    for (const [name, door] of doors)
      expect([name, ofKnown(door).filter((limit) => others.has(limit))]).toEqual([name, []]);
  });

  test('what a known browser uses up alone has one of the account beside it, with a higher ceiling, that is told', () => {
    for (const [name, { known, beside }] of doors) {
      if (known === undefined) continue;
      const ceiling = beside?.known;
      expect([name, ceiling]).toEqual([name, expect.any(String)]);
      if (ceiling === undefined) continue;
      expect([name, LIMITS[known].by, LIMITS[ceiling].by]).toEqual([name, 'browser', 'account']);
      expect(LIMITS[ceiling].points).toBeGreaterThan(LIMITS[known].points);
      expect(LIMITS[ceiling]).toMatchObject({ told: 'owner' });
    }
  });

  test('an account has twenty-five tries a day, all doors and all browsers together', () => {
    const total = ALL_OF_A_DAY.reduce((sum, name) => sum + TRIES[name].points, 0);
    expect(total).toBe(DAY_OF_ONE_ACCOUNT);
    expect(DAY_OF_ONE_ACCOUNT).toBe(25);
    for (const name of ALL_OF_A_DAY) expect([name, TRIES[name].seconds]).toEqual([name, 24 * 60 * 60]);
  });

  test('no try of a secret goes past the day of its account', () => {
    const days: readonly LimitName[] = ALL_OF_A_DAY;
    const counts = (...names: (LimitName | undefined)[]) => names.some((name) => name && days.includes(name));
    // New contacts of who is signed in, and those of nobody's account, open no account.
    for (const name of ['password', 'local-password', 'second-factor', 'recovery-code', 'recovery-second-factor']) {
      const door: Door = DOORS[name as keyof typeof DOORS];
      expect([name, counts(door.beside?.known)]).toEqual([name, true]);
      expect([name, counts(door.strangers, door.beside?.strangers)]).toEqual([name, true]);
      if (door.proven) expect([name, counts(door.proven, door.beside?.strangers)]).toEqual([name, true]);
      if (door.seen) expect([name, counts(door.beside?.seen)]).toEqual([name, true]);
    }
  });

  test('where a captcha is the way on, there is a limit for who solves it', () => {
    for (const [name, door] of doors)
      for (const limit of present(door.strangers, door.address))
        expect([name, limit, LIMITS[limit].over === 'captcha']).toEqual([name, limit, door.proven !== undefined]);
  });
});
