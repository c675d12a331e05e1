import { join } from 'node:path';
import { renderFile } from 'pug';
import { texts as account } from '../../../interactions/account/texts.ts';
import { texts as card } from '../../../interactions/card/texts.ts';
import { texts as chooser } from '../../../interactions/chooser/texts.ts';
import { texts as consent } from '../../../interactions/consent/texts.ts';
import { texts as device } from '../../../interactions/device/texts.ts';
import { texts as diagnostic } from '../../../interactions/diagnostic/texts.ts';
import { texts as error } from '../../../interactions/error/texts.ts';
import { texts as articles } from '../../../interactions/home/article-texts.ts';
import { texts as home } from '../../../interactions/home/texts.ts';
import { texts as integrators } from '../../../interactions/integrators/texts.ts';
import type { Lang } from '../../../interactions/layout/lang.ts';
import type { PageLocals } from '../../../interactions/layout/locals.ts';
import { texts as layout, type Texts, type Translate, translator } from '../../../interactions/layout/texts.ts';
import { texts as logout } from '../../../interactions/logout/texts.ts';
import { texts as cleAcces } from '../../../interactions/modes/cle-acces/texts.ts';
import { texts as codeEphemere } from '../../../interactions/modes/code-ephemere/texts.ts';
import { texts as compteLocal } from '../../../interactions/modes/compte-local/texts.ts';
import { texts as cps } from '../../../interactions/modes/cps/texts.ts';
import { texts as loginMdp } from '../../../interactions/modes/login-mdp/texts.ts';
import { texts as monsisra } from '../../../interactions/modes/monsisra/texts.ts';
import { texts as modes } from '../../../interactions/modes/texts.ts';
import { texts as passkeys } from '../../../interactions/passkeys/texts.ts';
import { texts as recovery } from '../../../interactions/recovery/texts.ts';
import { desktopTexts as sandboxDesktop } from '../../../interactions/sandbox/desktop-texts.ts';
import { texts as sandbox } from '../../../interactions/sandbox/texts.ts';
import { texts as support } from '../../../interactions/support/texts.ts';
import { ACCOUNT_SAMPLES } from '../accounts/account-samples.ts';
import { HOME_SAMPLES } from '../accounts/home-samples.ts';
import { RECOVERY_SAMPLES } from '../accounts/recovery-samples.ts';
import { formState, tabs } from '../accounts/sample-people.ts';
import { CARD_PAGES, cardPanels } from '../cards/card-samples.ts';
import { INTEGRATOR_PAGES } from '../clients/integrator-samples.ts';
import { DESKTOP_PAGES, desktopPanels } from '../desktop/desktop-samples.ts';
import { deviceSamples } from '../desktop/device-samples.ts';
import { PSC_TEXTS, pscPanels } from '../psc/psc-samples.ts';
import { SIGN_UP_SAMPLES, SIGN_UP_TEXTS } from '../sign-up/sign-up-samples.ts';
import { structurePanels } from '../structures/structure-samples.ts';
import { SUPPORT_SAMPLES } from '../support/support-samples.ts';
import { QUESTION_SAMPLES, QUESTION_TEXTS } from './question-samples.ts';
import { SANDBOX_SAMPLES } from './sandbox-samples.ts';

export const ROOT = join(import.meta.dirname, '../../..');

/** Every text of the pages, by the folder of its screen. */
export const ALL_TEXTS: Readonly<Record<string, Texts>> = {
  layout,
  account,
  passkeys,
  recovery,
  support,
  'cle-acces': cleAcces,
  chooser,
  modes,
  cps,
  'compte-local': compteLocal,
  'login-mdp': loginMdp,
  'code-ephemere': codeEphemere,
  monsisra,
  consent,
  logout,
  ...QUESTION_TEXTS,
  error,
  home,
  integrators,
  articles,
  device,
  card,
  diagnostic,
  sandbox,
  'sandbox-desktop': sandboxDesktop,
  ...SIGN_UP_TEXTS,
  ...PSC_TEXTS,
};

type Locals = Readonly<Record<string, unknown>>;

/** A page in one of its states. `panel` is the fragment of the open mode, rendered first. */
export interface Sample {
  readonly name: string;
  readonly view: string;
  readonly panel?: string;
  readonly titleKey: string;
  readonly locals?: (t: Translate) => Locals;
}

const translate = translator(...Object.values(ALL_TEXTS));

/** The page as the server would send it. */
export function renderSample(sample: Sample, lang: Lang): string {
  const t = translate(lang);
  const base: PageLocals = {
    t,
    lang,
    otherLang:
      lang === 'fr'
        ? { lang: 'en', href: '?lang=en', label: 'English' }
        : { lang: 'fr', href: '?lang=fr', label: 'Français' },
    platform: 'Portail des Professionnels de Santé',
    sandbox: true,
    supportUrl: 'https://support.example.org/',
    issuer: 'https://mire.example.org',
    supportCode: 'K7Q2-9XMP',
    assets: {
      css: '/assets/mire.css',
      js: '/assets/mire.js',
      desktopJs: '/assets/desktop.js',
      signUp: { css: '/assets/sign-up.css', js: '/assets/sign-up.js' },
      altcha: { js: '/x.js', css: '/x.css', french: '/fr.js', worker: '/w.js', start: '/s.js' },
    },
    title: t(sample.titleKey),
  };
  const locals = { ...base, ...sample.locals?.(t) };
  const render = (view: string, more: Locals = {}) => renderFile(join(ROOT, view), { ...locals, ...more, cache: true });
  return render(sample.view, sample.panel === undefined ? {} : { panelHtml: render(sample.panel) });
}

const CHOOSER = 'interactions/chooser/view.pug';
const MODES = 'interactions/modes';

/** The chooser with a mode open. */
const mode = (name: string, id: string, panel: string, titleKey: string, more?: (t: Translate) => Locals): Sample => ({
  name,
  view: CHOOSER,
  panel: `${MODES}/${panel}.pug`,
  titleKey,
  locals: (t) => ({
    application: 'Messagerie sécurisée',
    tabs: tabs(t, id),
    abortAction: '/interaction/x/abort',
    ...formState,
    ...more?.(t),
  }),
});

const codeStep = {
  underWay: true,
  channel: 'mail',
  masked: 'm•••••@hopital.example',
  expiresInMinutes: 5,
  resendAction: '/x',
  resendInSeconds: 27,
  sendsLeft: 2,
  otherChannelHref: '/x',
};
const undelivered = { ...codeStep, trouble: 'wrong-address', lastWay: true };

const signIn: readonly Sample[] = [
  mode('login-mdp', 'login-mdp', 'login-mdp/view', 'login-mdp.title', () => ({ application: 'ROR' })),
  mode('login-mdp-wrong', 'login-mdp', 'login-mdp/view', 'login-mdp.title', (t) => ({
    application: 'ROR',
    values: { login: 'mdurand' },
    failure: { text: t('error.credentials-wrong.text'), advice: t('error.credentials-wrong.advice') },
  })),
  mode('login-mdp-missing', 'login-mdp', 'login-mdp/view', 'login-mdp.title', (t) => ({
    errors: ['login', 'password'].map((field) => ({ field, text: t(`field.${field}.missing`) })),
  })),
  mode('code-password', 'code-ephemere', 'code-ephemere/password', 'code-ephemere.title.password', (t) => ({
    tabs: tabs(t, 'code-ephemere', 'login-mdp'),
  })),
  mode('code-channel', 'code-ephemere', 'code-ephemere/channel', 'code-ephemere.title.channel', (t) => ({
    channels: [
      { id: 'mail', masked: 'm•••••@hopital.example', checked: true },
      { id: 'sms', masked: '•• •• •• •• 42', checked: false },
    ],
    tabs: tabs(t, 'code-ephemere', 'login-mdp'),
    stepUp: { title: t('chooser.step-up.half', { name: 'Marie Durand' }), onlyMissing: true },
    underWay: true,
  })),
  mode('code-channel-missing', 'code-ephemere', 'code-ephemere/channel', 'code-ephemere.title.channel', (t) => ({
    channels: [{ id: 'mail', masked: 'm•••••@hopital.example', checked: false }],
    errors: [{ field: 'channel', text: t('code-ephemere.channel.missing') }],
    underWay: true,
  })),
  mode('code-code', 'code-ephemere', 'code-ephemere/code', 'code-ephemere.title.code', () => codeStep),
  mode('code-undelivered', 'code-ephemere', 'code-ephemere/code', 'code-ephemere.title.code', () => undelivered),
  mode('code-wrong', 'code-ephemere', 'code-ephemere/code', 'code-ephemere.title.code', (t) => ({
    ...codeStep,
    channel: 'sms',
    masked: '•• •• •• •• 42',
    expiresInMinutes: 1,
    sendsLeft: 0,
    errors: [{ field: 'code', text: t('error.code-wrong.text') }],
    failure: { text: t('error.code-wrong.text'), advice: t('error.code-wrong.advice') },
  })),
  mode('cle-acces', 'cle-acces', 'cle-acces/view', 'cle-acces.title'),
  mode('code-app', 'code-ephemere', 'code-ephemere/app', 'code-ephemere.title.app', () => ({ otherHref: '/x' })),
  mode('code-recovery', 'code-ephemere', 'code-ephemere/recovery', 'code-ephemere.title.recovery', () => ({
    otherHref: '/x',
  })),
  mode('code-others', 'code-ephemere', 'code-ephemere/channel', 'code-ephemere.title.channel', () => ({
    channels: [{ id: 'app', masked: '', checked: true }],
    recoveryHref: '/x',
    passkeyAction: '/x',
    underWay: true,
  })),
  ...cardPanels(mode),
  ...pscPanels(mode),
  ...desktopPanels(mode),
  ...structurePanels(mode),
  mode('step-up', 'code-ephemere', 'code-ephemere/password', 'chooser.title', (t) => ({
    stepUp: { title: t('chooser.step-up.title', { name: 'Marie Durand' }), name: 'Marie Durand', onlyMissing: false },
  })),
  {
    name: 'chooser',
    view: CHOOSER,
    titleKey: 'chooser.title',
    locals: (t) => ({
      application: 'Cerveau',
      policyHref: 'https://cerveau.example.org/donnees',
      termsHref: 'https://cerveau.example.org/conditions',
      tabs: tabs(t, ''),
      csrf: 'x',
      abortAction: '/x',
    }),
  },
];

const form = (id: string) =>
  `<form id="${id}" method="post" action="/x"><input type="hidden" name="xsrf" value="x"/></form>`;

const others: readonly Sample[] = [
  ...QUESTION_SAMPLES,
  {
    name: 'consent',
    view: 'interactions/consent/view.pug',
    titleKey: 'consent.title',
    locals: (t) => ({
      ...formState,
      application: 'Téléconseil',
      abortAction: '/x',
      otherModesHref: '/x',
      scopes: [
        'openid',
        'profile',
        'email',
        'phone',
        'address',
        'identite_ps',
        'structure',
        'scope_all',
        'offline_access',
      ].map((id) => ({
        id,
        label: t(`scope.${id}.label`),
        detail: t(`scope.${id}.detail`),
        purpose: id === 'email' ? 'Vous prévenir de vos gardes.' : undefined,
      })),
    }),
  },
  {
    name: 'logout',
    view: 'interactions/logout/confirm.pug',
    titleKey: 'logout.confirm.title',
    locals: () => ({ application: 'Messagerie sécurisée', formHtml: form('op.logoutForm') }),
  },
  { name: 'logout-done', view: 'interactions/logout/done.pug', titleKey: 'logout.done.title' },
  ...deviceSamples(form),
  ...HOME_SAMPLES,
  ...ACCOUNT_SAMPLES,
  ...RECOVERY_SAMPLES,
  ...SUPPORT_SAMPLES,
  ...CARD_PAGES,
  ...INTEGRATOR_PAGES,
  ...SANDBOX_SAMPLES,
  ...DESKTOP_PAGES,
  ...SIGN_UP_SAMPLES,
];

/** An error page. */
export const errorSample = (code: string, more: Locals = {}): Sample => ({
  name: `error-${code}`,
  view: 'interactions/error/view.pug',
  titleKey: `error.${code}.title`,
  locals: () => ({ code, ...more }),
});

export const SAMPLES: readonly Sample[] = [
  ...signIn,
  ...others,
  errorSample('internal', { technical: { error: 'server_error', description: 'oops! something went wrong' } }),
  errorSample('mode-not-accepted', { otherModesHref: '/x', abortAction: '/x', csrf: 'x' }),
  errorSample('too-many-tries', { retryAfterSeconds: 240, applicationHref: '/x' }),
  errorSample('overloaded', { retryAfterSeconds: 5 }),
  errorSample('interaction-unknown', { againHref: '/x' }),
];
