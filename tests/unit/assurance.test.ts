import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACR_VALUES, type Acr, MODE_IDS, MODES } from '../../config/modes.ts';
import { whyModeRefused } from '../../src/assurance/accepted-modes.ts';
import { completed } from '../../src/assurance/completion.ts';
import { satisfies } from '../../src/assurance/levels.ts';
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
