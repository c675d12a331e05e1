import type { Mode } from './mode.ts';
import { cleAcces } from './modes/cle-acces/mode.ts';
import { codeEphemere } from './modes/code-ephemere/mode.ts';
import { compteLocal } from './modes/compte-local/mode.ts';
import { cps } from './modes/cps/mode.ts';
import { loginMdp } from './modes/login-mdp/mode.ts';
import { monsisra } from './modes/monsisra/mode.ts';
import { psc } from './modes/psc/mode.ts';

/** The modes of the page, in the order of the user guide. Delete a line and its folder: the others still work. */
export const REGISTRY: readonly Mode[] = [
  // One line for each, so that one may go.
  cps,
  codeEphemere,
  compteLocal,
  monsisra,
  psc,
  loginMdp,
  cleAcces,
];
