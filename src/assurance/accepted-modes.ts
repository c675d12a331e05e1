import { type Acr, MODES, type ModeId } from '../../config/modes.ts';
import { satisfies } from './levels.ts';

/** What an application says of itself, in its client metadata. */
export interface ApplicationPolicy {
  readonly clientId: string;
  readonly minimumAcr: Acr;
  readonly allowedModes: readonly ModeId[] | undefined;
}

export type Refusal = 'not-offered' | 'not-for-this-application' | 'too-weak';

/**
 * The one answer to "is this mode accepted here, for this application, now", for the page, the policy and the mode.
 * @param offered the modes of this deployment (`MODES`)
 * @param required the least level of this request
 * @returns why not, or undefined when it is accepted.
 */
export function whyModeRefused(
  mode: ModeId,
  offered: readonly ModeId[],
  application: ApplicationPolicy,
  required: Acr,
): Refusal | undefined {
  const row = MODES.find(({ id }) => id === mode);
  if (!row || !offered.includes(mode)) return 'not-offered';
  if (application.allowedModes && !application.allowedModes.includes(mode)) return 'not-for-this-application';
  if (!satisfies(row.acr, required)) return 'too-weak';
  return undefined;
}
