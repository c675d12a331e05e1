import { PSC_PROOFS } from '../../../config/modes.ts';
import { satisfies } from '../../../src/assurance/levels.ts';
import type { Wish } from '../../../src/upstream/provider.ts';
import type { Visit } from '../../visit.ts';

/** Reasons of the library's policy to ask again, whatever session there is. An age is asked for as an age. */
const ANEW = ['login_prompt', 'id_token_hint', 'claims_id_token_sub_value', 'select_account_prompt'];
const HINT = /^[\w.-]{1,64}$/;

/** What this application, now, needs of Pro Santé Connect beyond what is always asked. */
export function wishOf({ interaction, requirement }: Visit): Wish {
  const { max_age: age, kc_idp_hint: hint } = interaction.params;
  const maxAge = age === undefined ? undefined : Number(age);
  // Its own session may rest on a telephone: the person is asked, so that they can take the card.
  const stronger = !satisfies(PSC_PROOFS.MOBILE.acr, requirement.level);
  return {
    prompt: stronger || ANEW.some((reason) => interaction.prompt.reasons.includes(reason)) ? 'login' : undefined,
    maxAge: maxAge !== undefined && Number.isSafeInteger(maxAge) && maxAge >= 0 ? maxAge : undefined,
    // Leads straight to the provider of a hospital that stands behind it.
    ...(typeof hint === 'string' && HINT.test(hint) ? { hints: { kc_idp_hint: hint } } : {}),
  };
}
