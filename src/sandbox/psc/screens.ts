import { PSC_PEOPLE } from './people.ts';

const TEXTS = {
  fr: {
    simulated: 'Pro Santé Connect simulé',
    warning: 'Ce service imite Pro Santé Connect pour les essais. Les personnes sont inventées.',
    title: 'Identifiez-vous',
    field: 'Votre identifiant national',
    mobile: "S'identifier avec e-CPS",
    card: "S'identifier avec une carte CPS",
    cancel: 'Annuler',
    unknown: 'Cet identifiant est inconnu : choisissez-en un dans la liste.',
    people: 'Personnes de test',
    waiting: 'Confirmez sur votre téléphone',
    code: 'Vérifiez que votre application e-CPS affiche ce nombre, puis validez avec votre code confidentiel :',
    accept: "J'ai accepté sur mon téléphone",
    refuse: 'Je refuse sur mon téléphone',
  },
  en: {
    simulated: 'Simulated Pro Santé Connect',
    warning: 'This service imitates Pro Santé Connect for trials. The people are invented.',
    title: 'Identify yourself',
    field: 'Your national identifier',
    mobile: 'Identify with e-CPS',
    card: 'Identify with a CPS card',
    cancel: 'Cancel',
    unknown: 'This identifier is not known: choose one of the list.',
    people: 'Test people',
    waiting: 'Confirm on your phone',
    code: 'Check that your e-CPS application shows this number, then confirm with your PIN:',
    accept: 'I accepted on my phone',
    refuse: 'I refuse on my phone',
  },
} as const;
type Lang = keyof typeof TEXTS;

const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

const page = (lang: Lang, title: string, body: string) => `<!doctype html>
<html lang="${lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - ${TEXTS[lang].simulated}</title><link rel="stylesheet" href="/psc.css"></head>
<body><header><p>${TEXTS[lang].simulated}</p></header><main><h1>${title}</h1>${body}
<p class="warning">${TEXTS[lang].warning}</p></main></body></html>`;

const cancel = (lang: Lang, action: string, label: 'cancel' | 'refuse') =>
  `<form method="post" action="${action}/annuler"><button class="quiet">${TEXTS[lang][label]}</button></form>`;

/** Who, and how. */
export function identityPage(lang: Lang, action: string, wrong: boolean): string {
  const t = TEXTS[lang];
  const people = PSC_PEOPLE.map(
    ({ nationalId, given, family, story }) =>
      `<li><strong>${escaped(nationalId)}</strong> ${escaped(`${given} ${family}`)}<br>${escaped(story[lang])}</li>`,
  );
  const error = wrong ? `<p id="erreur" class="error" role="alert">${t.unknown}</p>` : '';
  const described = wrong ? ' aria-invalid="true" aria-describedby="erreur"' : '';
  return page(
    lang,
    t.title,
    `${error}<form method="post" action="${action}">
<label for="id">${t.field}</label>
<input id="id" name="national_id" required autocomplete="off" autocapitalize="characters"${described}>
<button name="means" value="MOBILE">${t.mobile}</button>
<button name="means" value="CARD">${t.card}</button></form>
${cancel(lang, action, 'cancel')}
<h2>${t.people}</h2><ul>${people.join('')}</ul>`,
  );
}

/** The telephone's part, which the same person plays here. */
export function phonePage(lang: Lang, action: string, nationalId: string, code: string): string {
  const t = TEXTS[lang];
  return page(
    lang,
    t.waiting,
    `<p>${t.code}</p><p class="code">${code}</p>
<form method="post" action="${action}/accord"><input type="hidden" name="national_id" value="${escaped(nationalId)}">
<button>${t.accept}</button></form>${cancel(lang, action, 'refuse')}`,
  );
}

export const STYLE = `body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:#16181d;background:#f4f6fb}
header{background:#00316f;color:#fff;padding:.25rem 1rem}
main{max-width:34rem;margin:0 auto;padding:1rem}
form{display:grid;gap:.75rem;margin:0 0 .75rem}
input,button{font:inherit;padding:.7rem;border:1px solid #4a5468;border-radius:.4rem;min-width:0}
button{background:#00316f;color:#fff;cursor:pointer}
button.quiet{background:#fff;color:#00316f}
:focus-visible{outline:3px solid #b35900;outline-offset:2px}
.code{font-size:3rem;font-weight:700;letter-spacing:.2em;text-align:center;margin:0}
.error{color:#a50d0d;font-weight:700}
.warning{color:#3d4657}
li{margin-bottom:.5rem;overflow-wrap:anywhere}`;
