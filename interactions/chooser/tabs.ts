import type { Context } from 'koa';
import type { ModeId } from '../../config/modes.ts';
import type { Settings } from '../../config/settings.ts';
import type { Tab } from '../layout/locals.ts';
import type { Translate } from '../layout/texts.ts';
import type { Mode } from '../mode.ts';
import { rememberedMode } from '../remembered-mode.ts';
import type { Visit } from '../visit.ts';

const available = (mode: Mode, visit: Visit) =>
  mode.ready && visit.whyRefused(mode.id) === undefined && mode.isOffered(visit);

/** The tabs of the page, in the guide's order: those of this deployment, each with what stands against it. */
export function tabsOf(
  modes: readonly Mode[],
  settings: Pick<Settings, 'MODES'>,
  visit: Visit,
  open: ModeId | undefined,
  t: Translate,
): Tab[] {
  return modes
    .filter(({ id }) => settings.MODES.includes(id))
    .map((mode) => {
      const { id } = mode;
      const refusal = visit.whyRefused(id);
      const base = {
        id,
        label: t(`mode.${id}.label`),
        description: t(`mode.${id}.description`),
        href: `/interaction/${visit.uid}/${id}`,
      };
      if (id === open) return { ...base, state: 'open' };
      if (refusal)
        return {
          ...base,
          state: 'refused',
          why: t(refusal === 'too-weak' ? 'chooser.refused.level' : 'chooser.refused.application', {
            application: visit.application.name,
          }),
        };
      return { ...base, state: mode.ready ? 'offered' : 'soon' };
    });
}

/**
 * The tab that opens by itself: the one the application asked for, the one that completes what the session proved, the
 * last that worked in this browser, else the first that can be used.
 */
export function openedFirst(
  modes: readonly Mode[],
  ctx: Context,
  visit: Visit,
  settings: Pick<Settings, 'MODES'>,
): Mode | undefined {
  const usable = modes.filter((mode) => settings.MODES.includes(mode.id) && available(mode, visit));
  const find = (id: unknown) => usable.find((mode) => mode.id === id);
  return (
    find(visit.interaction.params.mode) ??
    (visit.livingPassword ? find('code-ephemere') : undefined) ??
    find(rememberedMode(ctx)) ??
    usable[0]
  );
}
