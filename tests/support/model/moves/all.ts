import type { Move } from '../scene.ts';
import { ABOVE } from './above.ts';
import { CHANGING } from './changing.ts';
import { ENTERING } from './entering.ts';
import { LINKING } from './linking.ts';
import { PARKING } from './parking.ts';
import { PASSING } from './passing.ts';
import { RECOVERING } from './recovering.ts';
import { STRANGERS } from './strangers.ts';
import { TOKENS } from './tokens.ts';
import { UNDOING } from './undoing.ts';

export const MOVES: readonly Move[] = [
  ...ENTERING,
  ...PARKING,
  ...TOKENS,
  ...CHANGING,
  ...LINKING,
  ...UNDOING,
  ...RECOVERING,
  ...ABOVE,
  ...STRANGERS,
  ...PASSING,
];
