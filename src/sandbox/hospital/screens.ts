import Router from '@koa/router';
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import { readForm } from '../../http/form.ts';
import { type StaffMember, TWO_FACTORS } from './people.ts';

const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

/** Another house than ours, and it looks so. */
const page = (action: string, staff: readonly StaffMember[], wrong: boolean) => `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Clinique fictive du Parc</title><link rel="stylesheet" href="/clinique.css"></head>
<body><header><p>Clinique fictive du Parc (simulée)</p></header><main><h1>Votre compte de la clinique</h1>
${wrong ? '<p class="error" role="alert">Identifiant ou mot de passe incorrect.</p>' : ''}
<form method="post" action="${action}"><label for="login">Identifiant</label>
<input id="login" name="login" autocomplete="username" required>
<label for="password">Mot de passe</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button name="means" value="password">Se connecter</button>
<button name="means" value="two">Se connecter et confirmer sur mon téléphone</button></form>
<form method="post" action="${action}"><button class="quiet" name="means" value="cancel">Annuler</button></form>
<h2>Comptes de test</h2><ul>${staff.map(({ login, password, story }) => `<li><strong>${escaped(login)}</strong> ${escaped(password)}<br>${escaped(story.fr)}</li>`).join('')}</ul>
</main></body></html>`;

const STYLE = `body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:#1c1a17;background:#f7f4ee}
header{background:#5b2a00;color:#fff;padding:.25rem 1rem}
main{max-width:30rem;margin:0 auto;padding:1rem}
form{display:grid;gap:.6rem;margin:0 0 .75rem}
input,button{font:inherit;padding:.7rem;border:1px solid #4d4438;border-radius:.3rem;min-width:0}
button{background:#5b2a00;color:#fff;cursor:pointer}
button.quiet{background:#fff;color:#5b2a00}
:focus-visible{outline:3px solid #00578a;outline-offset:2px}
.error{color:#a50d0d;font-weight:700}`;

interface Sent {
  readonly login?: unknown;
  readonly password?: unknown;
  readonly means?: unknown;
}

/** The page where the clinic's people say who they are. */
export function createClinicScreens(provider: Provider, staff: readonly StaffMember[]): Middleware[] {
  const router = new Router();
  router.get('/clinique.css', (ctx) => {
    ctx.type = 'text/css';
    ctx.body = STYLE;
  });
  router.get('/connexion/:uid', async (ctx) => {
    await provider.interactionDetails(ctx.req, ctx.res);
    ctx.type = 'html';
    ctx.body = page(`/connexion/${String(ctx.params.uid)}`, staff, false);
  });
  router.post('/connexion/:uid', async (ctx) => {
    await readForm(ctx as never, async () => undefined);
    const { login, password, means } = (ctx.request as { body?: Sent }).body ?? {};
    if (means === 'cancel') {
      ctx.respond = false;
      return provider.interactionFinished(ctx.req, ctx.res, { error: 'access_denied' });
    }
    const person = staff.find((one) => one.login === login && one.password === password);
    if (!person) {
      ctx.status = 401;
      ctx.type = 'html';
      ctx.body = page(`/connexion/${String(ctx.params.uid)}`, staff, true);
      return undefined;
    }
    ctx.respond = false;
    const strength = means === 'two' ? { acr: TWO_FACTORS.acr, amr: [...TWO_FACTORS.amr] } : { amr: ['pwd'] };
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: person.entryId, ...strength } });
  });
  return [router.routes(), router.allowedMethods()] as unknown as Middleware[];
}
