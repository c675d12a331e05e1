import { z } from 'zod';
import type { Visit } from '../../visit.ts';

/** Where a person stands in this mode: which request the desktop was sent. */
const state = z.object({ step: z.literal('asked'), request: z.uuid() });
type DesktopState = z.infer<typeof state>;

export const ID = 'monsisra';

export function stateOf({ flow }: Visit): DesktopState | undefined {
  return flow.stage === 'in-mode' && flow.mode === ID ? state.parse(flow.state) : undefined;
}

export const inMode = (next: DesktopState) => ({ stage: 'in-mode', mode: ID, state: next }) as const;
