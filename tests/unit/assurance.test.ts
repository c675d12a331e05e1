import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACR_VALUES, type Acr, MODE_IDS, MODES } from '../../config/modes.ts';
import { whyModeRefused } from '../../src/assurance/accepted-modes.ts';
import { completed } from '../../src/assurance/completion.ts';
import { satisfies } from '../../src/assurance/levels.ts';
import { isCompletable, mayComplete, type Proved, type Rules, whyNotOpen } from '../../src/assurance/may-open.ts';
import { issuedAcr, requirementOf } from '../../src/assurance/requirement.ts';

const acr = fc.constantFrom<Acr>(...ACR_VALUES);
const maybeAcr = fc.option(acr, { nil: undefined });
const noise = fc.constantFrom('eidas0', 'urn:mace:incommon:iap:bronze', 'EIDAS2', '2');
const essential = (values: readonly string[]) => JSON.stringify({ id_token: { acr: { essential: true, values } } });

describe('levels', () => {
  test('nothing proved reaches nothing; every level reaches itself', () => {
    fc.assert(fc.property(acr, (level) => !satisfies(undefined, level) && satisfies(level, level)));
  });

  test('they are in one order: whatever reaches a level reaches all below it', () => {
    fc.assert(fc.property(acr, acr, acr, (a, b, c) => !(satisfies(a, b) && satisfies(b, c)) || satisfies(a, c)));
    expect(ACR_VALUES.filter((level) => satisfies('eidas2', level))).toEqual(['eidas1', 'eidas2']);
  });
});

describe('what a request requires', () => {
  test('is never less than the application’s own minimum, whatever is asked', () => {
    fc.assert(
      fc.property(
        acr,
        fc.array(fc.oneof(acr, noise)),
        fc.option(fc.array(fc.oneof(acr, noise)), { nil: undefined }),
        (minimum, asked, values) => {
          const { level } = requirementOf(
            { acr_values: asked.join(' '), ...(values ? { claims: essential(values) } : {}) },
            minimum,
          );
          return satisfies(level, minimum);
        },
      ),
    );
  });

  test('is the least of acr_values: listing every level forces nothing', () => {
    expect(requirementOf({ acr_values: 'eidas1 eidas2 eidas3' }, 'eidas1').level).toBe('eidas1');
    expect(requirementOf({ acr_values: 'eidas3 eidas2' }, 'eidas1').level).toBe('eidas2');
    expect(requirementOf({ acr_values: 'bronze' }, 'eidas1')).toEqual({
      level: 'eidas1',
      oneOf: undefined,
      impossible: false,
    });
  });

  test('takes the strongest of acr_values and an essential claim: neither cancels the other', () => {
    fc.assert(
      fc.property(acr, acr, (asked, claimed) => {
        const { level } = requirementOf({ acr_values: asked, claims: essential([claimed]) }, 'eidas1');
        return satisfies(level, asked) && satisfies(level, claimed) && (level === asked || level === claimed);
      }),
    );
  });

  test('a voluntary acr claim requires nothing', () => {
    for (const claim of [{ values: ['eidas3'] }, { value: 'eidas3' }, null, { essential: false, value: 'eidas3' }]) {
      expect(requirementOf({ claims: JSON.stringify({ id_token: { acr: claim } }) }, 'eidas1').level).toBe('eidas1');
    }
  });

  test('an essential value that does not exist can be met by nobody', () => {
    expect(requirementOf({ claims: essential(['gold']) }, 'eidas1').impossible).toBe(true);
    expect(requirementOf({ claims: essential(['gold', 'eidas2']) }, 'eidas1')).toMatchObject({
      impossible: false,
      level: 'eidas2',
    });
  });

  test('no parameter, however malformed, makes it throw or lower the minimum', () => {
    fc.assert(
      fc.property(fc.anything(), fc.oneof(fc.string(), fc.json(), fc.anything()), acr, (acr_values, claims, minimum) =>
        satisfies(requirementOf({ acr_values, claims }, minimum).level, minimum),
      ),
    );
  });
});

describe('the acr that is issued', () => {
  test('is never more than what was proved', () => {
    fc.assert(
      fc.property(acr, fc.array(acr, { minLength: 1 }), (proved, values) => {
        const issued = issuedAcr(proved, requirementOf({ claims: essential(values) }, 'eidas1'));
        return issued === undefined
          ? !values.some((value) => satisfies(proved, value))
          : satisfies(proved, issued) && values.includes(issued);
      }),
    );
  });

  test('is what was proved when no claim is essential', () => {
    fc.assert(
      fc.property(
        acr,
        acr,
        (proved, asked) => issuedAcr(proved, requirementOf({ acr_values: asked }, 'eidas1')) === proved,
      ),
    );
  });
});

describe('modes', () => {
  test('a code completes a password: the higher level, the union of the factors', () => {
    const after = completed({ acr: 'eidas1', amr: ['pwd'] }, { acr: 'eidas2', amr: ['pwd', 'otp', 'mfa', 'sms'] });
    expect(after).toEqual({ acr: 'eidas2', amr: ['pwd', 'otp', 'mfa', 'sms'] });
    fc.assert(fc.property(acr, acr, (a, b) => satisfies(completed({ acr: a, amr: [] }, { acr: b, amr: [] }).acr, a)));
  });

  test('none is accepted that cannot reach the level, or that the application or the deployment leaves out', () => {
    const modes = fc.subarray([...MODE_IDS]);
    fc.assert(
      fc.property(
        modes,
        fc.option(modes, { nil: undefined }),
        acr,
        maybeAcr,
        (offered, allowedModes, required, minimum) => {
          for (const { id, acr: reach } of MODES) {
            const application = { clientId: 'x', minimumAcr: minimum ?? 'eidas1', allowedModes };
            const accepted = whyModeRefused(id, offered, application, required) === undefined;
            const expected = offered.includes(id) && (allowedModes?.includes(id) ?? true) && satisfies(reach, required);
            expect(accepted).toBe(expected);
          }
        },
      ),
    );
  });

  test('Login / Mdp never opens an application that asks for a second factor', () => {
    const messagerie = { clientId: 'messagerie', minimumAcr: 'eidas2', allowedModes: undefined } as const;
    expect(whyModeRefused('login-mdp', MODE_IDS, messagerie, 'eidas2')).toBe('too-weak');
  });
});

describe('may this sign-in open this application', () => {
  const modes = fc.subarray([...MODE_IDS]);
  const rules = fc.record<Rules>({
    offered: modes,
    application: fc.record({
      clientId: fc.constant('x'),
      minimumAcr: acr,
      allowedModes: fc.option(modes, { nil: undefined }),
    }),
    required: acr,
    closedDoors: fc.subarray([...MODE_IDS], { maxLength: 1 }),
    structure: fc.constant(undefined),
  });
  const signIn = fc.record<Proved>({ mode: fc.constantFrom(...MODE_IDS), acr, upstream: fc.constant(undefined) });
  const atChu = { provider: 'structure:chu' } as const;
  const all: Rules = {
    offered: MODE_IDS,
    application: { clientId: 'x', minimumAcr: 'eidas1', allowedModes: undefined },
    required: 'eidas1',
    closedDoors: [],
    structure: undefined,
  };

  test('never where the page would refuse its mode', () => {
    fc.assert(
      fc.property(signIn, rules, (proved, given) => {
        const row = MODES.find(({ id }) => id === proved.mode);
        // No mode proves more than the table says.
        fc.pre(row !== undefined && satisfies(row.acr, proved.acr));
        const refused = whyModeRefused(proved.mode, given.offered, given.application, given.required);
        return refused === undefined || whyNotOpen(proved, given) !== undefined;
      }),
    );
  });

  test('what opens an application opens it all the more where less is asked', () => {
    fc.assert(
      fc.property(signIn, rules, acr, (proved, given, less) => {
        fc.pre(whyNotOpen(proved, given) === undefined && satisfies(given.required, less));
        return (
          whyNotOpen(proved, { ...given, required: less }) === undefined &&
          whyNotOpen(proved, { ...given, application: { ...given.application, allowedModes: undefined } }) === undefined
        );
      }),
    );
  });

  test('a mode that the deployment no longer offers opens nothing with what it proved before', () => {
    const offered = MODE_IDS.filter((id) => id !== 'login-mdp');
    const proved = { mode: 'login-mdp', acr: 'eidas1', upstream: undefined } as const;
    expect(whyNotOpen(proved, { ...all, offered })).toEqual({ what: 'mode', mode: 'login-mdp', why: 'not-offered' });
  });

  test('what a mode completes, it opens: a password is living only where some mode may complete it', () => {
    fc.assert(
      fc.property(rules, acr, (given, proved) => {
        const password = { acr: proved, upstream: undefined };
        const able = MODES.filter(({ id }) => mayComplete(id, password, given));
        expect(able.length > 0).toBe(isCompletable(password, given));
        expect(able.filter(({ completesPassword }) => !completesPassword)).toEqual([]);
        expect(able.filter(({ id }) => !given.offered.includes(id))).toEqual([]);
      }),
    );
    expect(mayComplete('code-ephemere', { acr: 'eidas1', upstream: undefined }, { ...all, required: 'eidas3' })).toBe(
      false,
    );
  });

  test("a structure's word counts while it is open, for no more than it is worth, and where Compte local is taken", () => {
    const local = { mode: 'compte-local', acr: 'eidas2', upstream: atChu } as const;
    const coded = { ...local, mode: 'code-ephemere' } as const;
    const open = { enabled: true, assurance: 'eidas2' } as const;
    expect(whyNotOpen(local, { ...all, structure: open })).toBeUndefined();
    expect(whyNotOpen(local, all)).toEqual({ what: 'structure' });
    for (const one of [local, coded])
      expect(whyNotOpen(one, { ...all, structure: { ...open, enabled: false } })).toEqual({ what: 'structure' });
    const lowered = { ...all, structure: { ...open, assurance: 'eidas1' } } as const;
    const approved = { ...local, mode: 'monsisra' } as const;
    expect([local, approved, coded].map((one) => whyNotOpen(one, lowered))).toEqual([
      { what: 'structure' },
      { what: 'structure' },
      undefined,
    ]);
    const codes = { ...all.application, allowedModes: ['code-ephemere'] } as const;
    expect(whyNotOpen(coded, { ...all, structure: open, application: codes })).toMatchObject({ what: 'mode' });
  });
});
