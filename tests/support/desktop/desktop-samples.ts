import type { Translate } from '../../../interactions/layout/texts.ts';
import type { Sample } from '../pages/page-samples.ts';

type Locals = Readonly<Record<string, unknown>>;
type Mode = (name: string, id: string, panel: string, titleKey: string, more?: (t: Translate) => Locals) => Sample;

const waiting = {
  underWay: true,
  state: 'waiting',
  pressed: false,
  left: 88,
  number: 42,
  code: 'K7Q 2XM',
  link: 'monsisra://sign-in?request=x',
  request: 'x',
  loopback: 3473,
  continueAction: '/x',
  eventsHref: '/x',
  stateHref: '/x',
};

/** The panels of MonSisra. */
export const desktopPanels = (mode: Mode): Sample[] => [
  mode('monsisra', 'monsisra', 'monsisra/view', 'monsisra.title'),
  mode('monsisra-wrong', 'monsisra', 'monsisra/view', 'monsisra.title', (t) => ({
    failure: { text: t('error.desktop-wrong-number.text'), advice: t('error.desktop-wrong-number.advice') },
  })),
  mode('monsisra-waiting', 'monsisra', 'monsisra/waiting', 'monsisra.waiting.title', () => waiting),
  mode('monsisra-pressed', 'monsisra', 'monsisra/waiting', 'monsisra.waiting.title', () => ({
    ...waiting,
    pressed: true,
    left: 1,
  })),
  mode('monsisra-answered', 'monsisra', 'monsisra/waiting', 'monsisra.waiting.title', () => ({
    ...waiting,
    state: 'approved',
  })),
];

const shown = {
  kind: 'browser',
  application: { name: 'Messagerie sécurisée' },
  at: '14:02:11',
  asked_from: '192.0.x.x',
  desktop_at: '198.51.x.x',
  same_network: false,
};
const desktopPage = { view: 'interactions/sandbox/desktop.pug', titleKey: 'desktop.title' };
const desktopSession = {
  account: { name: 'Marie Durand' },
  device: { name: 'Bureau simulé' },
  acr: 'eidas2',
  until: '02:02:11',
};

/** The simulated desktop application. */
export const DESKTOP_PAGES: readonly Sample[] = [
  { name: 'sandbox-desktop', ...desktopPage, locals: () => ({ csrf: 'x', requests: [] }) },
  {
    name: 'sandbox-desktop-signed-in',
    ...desktopPage,
    locals: () => ({
      csrf: 'x',
      session: desktopSession,
      requests: [
        { ...shown, id: 'one', choices: [12, 42, 78], browser: 'Mozilla/5.0' },
        { ...shown, id: 'two', kind: 'ciba', same_network: true, binding_message: 'Ordonnance 4471' },
      ],
    }),
  },
];
