import { MODE_IDS, type ModeId } from '../../../../config/modes.ts';
import { narrow } from '../../clients/narrowed-client.ts';
import { type Move, pick } from '../scene.ts';

const WAITS = [31, 6 * 60, 31 * 60, 5 * 60 * 60, 25 * 60 * 60, 73 * 60 * 60] as const;

const waits: Move = {
  name: 'time passes',
  looks: true,
  weight: 3,
  may: () => true,
  async act({ mire, tell }, { n }) {
    const seconds = pick(WAITS, n) ?? 31;
    tell(`${seconds} seconds pass`);
    mire.clock.forwardAll(seconds);
  },
};

const MODES: readonly (readonly ModeId[] | undefined)[] = [
  undefined,
  ...MODE_IDS.map((id) => [id]),
  ['psc', 'code-ephemere'],
];

const narrows: Move = {
  name: 'an administrator narrows the application',
  weight: 3,
  may: () => true,
  async act({ mire, world, tell }, { n }) {
    const rule = world.narrow;
    rule.modes = pick(MODES, n);
    rule.minimum = pick(['eidas1', 'eidas2', 'eidas3'] as const, Math.floor(n / MODES.length)) ?? 'eidas1';
    tell(`an administrator has ${rule.id} accept ${rule.modes ?? 'every mode'}, from ${rule.minimum}`);
    await narrow(mire, rule.id, {
      minimum_acr: rule.minimum,
      scope: 'openid profile identite_ps',
      ...(rule.modes ? { allowed_modes: rule.modes } : {}),
    } as Parameters<typeof narrow>[2]);
  },
};

export const PASSING: readonly Move[] = [waits, narrows];
