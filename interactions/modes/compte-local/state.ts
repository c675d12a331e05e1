import { z } from 'zod';
import { pending } from '../../../src/upstream/pending.ts';
import type { Visit } from '../../visit.ts';
import { ID } from './panels.ts';

/** At the structure's own provider: what its answer is checked against, once. */
const state = z.object({ structureId: z.string(), pending });
export type AtProvider = z.infer<typeof state>;

export function atProvider({ flow }: Visit): AtProvider | undefined {
  if (flow.stage !== 'in-mode' || flow.mode !== ID) return undefined;
  return state.safeParse(flow.state).data;
}

export const inMode = (next: AtProvider) => ({ stage: 'in-mode', mode: ID, state: next }) as const;
