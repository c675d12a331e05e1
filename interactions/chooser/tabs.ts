import type { Context } from 'koa';
import type { ModeId } from '../../config/modes.ts';
import type { Kit } from '../kit.ts';
import type { Tab } from '../layout/locals.ts';
import type { Translate } from '../layout/texts.ts';
import type { Mode } from '../mode.ts';
import { rememberedMode } from '../remembered-mode.ts';
import { modeRow, type Visit } from '../visit.ts';

/** Whether what a mode stands on does not answer at the moment. */
export type IsAway = (mode: ModeId) => boolean;

/**
 * The tabs of the page, in the guide's order, each with what stands against it. Somebody who is asked for more sees only
 * what reaches it.
 */
export function tabsOf(
  modes: readonly Mode[],
  visit: Visit,
  { open, isAway, t }: { open: ModeId | undefined; isAway: IsAway; t: Translate },
): Tab[] {
  const application = visit.application.name;
  return modes.flatMap((mode): Tab[] => {
    const { id } = mode;
    const refusal = visit.whyRefused(id);
    const tab = {
      id,
      label: t(`mode.${id}.label`),
      description: t(`mode.${id}.description`),
      href: `/interaction/${visit.uid}/${id}`,
      ...(isAway(id) ? { away: true } : {}),
    };
    if (id === open) return [{ ...tab, state: 'open' }];
    if (!refusal) return [{ ...tab, state: 'offered' }];
    if (visit.lacks) return [];
    const why = refusal === 'too-weak' ? 'chooser.refused.level' : 'chooser.refused.application';
    return [{ ...tab, state: 'refused', why: t(why, { application }) }];
  });
}

export interface Wishes {
  readonly asked?: ModeId;
  readonly near?: ModeId;
}

/** The modes that this request is meant for, as they say themselves; the first of each kind. */
export async function wishes(
  modes: readonly Mode[],
  ctx: Context,
  visit: Visit,
  kit: Pick<Kit, 'structures'>,
): Promise<Wishes> {
  const found = await Promise.all(modes.map(async (mode) => [await mode.wanted?.(ctx, visit, kit), mode.id] as const));
  return Object.fromEntries(found.filter(([wish]) => wish !== undefined).reverse());
}

/**
 * The tab that opens by itself: the one the application asked for, the one that completes what the session proved, the
 * last that worked in this browser, the one of this network, else the first that can be used, on a phone without a
 * reader. None: the request cannot be met here.
 */
export function openedFirst(
  modes: readonly Mode[],
  ctx: Context,
  visit: Visit,
  { asked, near, isAway }: Wishes & { readonly isAway: IsAway },
): Mode | undefined {
  const usable = modes.filter((mode) => !visit.whyRefused(mode.id) && mode.isOffered(visit));
  const there = usable.filter(({ id }) => !isAway(id));
  const find = (id: unknown) => usable.find((mode) => mode.id === id);
  // Only what opens first follows from it: every tab is there on every screen (RFC 9110 §10.1.5).
  const onPhone = /\bMobi/.test(ctx.get('user-agent'));
  const completing = visit.livingPassword && usable.find(({ id }) => modeRow(id).completesPassword);
  return (
    find(visit.interaction.params.mode) ??
    find(asked) ??
    completing ??
    there.find(({ id }) => id === rememberedMode(ctx)) ??
    find(near) ??
    there.find((mode) => !(mode.atADeskOnly && onPhone)) ??
    usable[0]
  );
}
