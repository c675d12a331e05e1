import type { Sample } from '../pages/page-samples.ts';
import { APPLICATIONS } from './sample-people.ts';

/** The home page in its states, and the pages around it. */
export const HOME_SAMPLES: readonly Sample[] = [
  {
    name: 'home',
    view: 'interactions/home/home.pug',
    titleKey: 'home.title',
    locals: () => ({ applications: APPLICATIONS }),
  },
  {
    name: 'home-signed-in',
    view: 'interactions/home/home.pug',
    titleKey: 'home.title',
    locals: () => ({
      applications: APPLICATIONS,
      session: { name: 'Marie Durand', mode: 'Code Éphémère', since: '14:02' },
    }),
  },
  {
    name: 'home-empty',
    view: 'interactions/home/home.pug',
    titleKey: 'home.title',
    locals: () => ({ applications: [] }),
  },
  ...['terms', 'legal', 'personal-data', 'accessibility'].map((name) => ({
    name,
    view: `interactions/home/${name}.pug`,
    titleKey: `${name}.title`,
  })),
];
