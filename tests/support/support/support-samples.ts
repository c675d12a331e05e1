import type { Sample } from '../pages/page-samples.ts';

const page = (view: string, titleKey: string, locals: Sample['locals'] = () => ({})): Sample => ({
  name: `support-${view}`,
  view: `interactions/support/${view}.pug`,
  titleKey: `support.${titleKey}`,
  locals: (t) => ({ csrf: 'x', navigation: [], ...locals(t) }),
});

const line = { at: 'hier', what: 'Code incorrect', detail: 'ror', code: 'K7Q2-9XMP' };

/** The help desk. */
export const SUPPORT_SAMPLES: readonly Sample[] = [
  page('start', 'title', () => ({
    requests: [true, false].map((mine) => ({
      id: 'x',
      accountId: 'y',
      what: 'Rendre l’accès',
      at: 'hier',
      detail: 'a@b.example',
      mine,
    })),
  })),
  page('people', 'people.title', () => ({
    people: [{ id: 'x', name: 'Marie Durand', status: 'active', mail: 'm•••' }],
  })),
  page('trace', 'trace.title', () => ({ code: 'K7Q2-9XMP', accountId: 'x', trace: [line] })),
  page('account', 'account.title', () => ({
    id: 'x',
    name: 'Marie Durand',
    status: 'blocked',
    mayAct: true,
    login: 'mdurand',
    channels: ['m•••'],
    since: 'hier',
    keys: [{ id: 'k', name: 'Téléphone' }],
    authenticator: true,
    codes: 3,
    sessions: 1,
    recent: [line],
  })),
];
