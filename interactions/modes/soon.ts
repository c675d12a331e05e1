import type { ModeId } from '../../config/modes.ts';
import { FlowError } from '../../src/http/errors.ts';
import type { Mode } from '../mode.ts';

/** A mode that is announced on the page and not built yet: its tab says so, and it proves nothing. */
export const soon = (id: ModeId): Mode => ({
  id,
  texts: { fr: {}, en: {} },
  ready: false,
  isOffered: () => true,
  routes(router, kit) {
    const panel = { view: 'interactions/modes/soon', title: 'chooser.title' };
    router.get(
      '/',
      kit.screen(['choosing', 'in-mode'], (ctx, visit) => kit.show(ctx, visit, panel)),
    );
    const refuse = () => {
      throw new FlowError('mode-soon', { mode: id });
    };
    router.post(
      '/',
      kit.form(
        ['choosing', 'in-mode'],
        async () => refuse(),
        async () => refuse(),
      ),
    );
  },
});
