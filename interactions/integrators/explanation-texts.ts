import type { Explanation } from '../../src/clients/client-error.ts';
import type { Lang } from '../layout/lang.ts';

type ExplanationTexts = Readonly<Record<Lang, Readonly<Record<`explanation.${Explanation}`, string>>>>;

/** Why an application was refused, and what mends it. `{sent}`, `{registered}` and `{description}` stand for values. */
export const explanationTexts = {
  fr: {
    'explanation.redirect-slash':
      'redirect_uri diffère par une barre oblique finale : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.redirect-case':
      'redirect_uri diffère par des majuscules : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.redirect-scheme':
      "redirect_uri diffère par http ou https : vous avez envoyé {sent}, {registered} est enregistrée. Derrière un proxy, l'application doit connaître son adresse publique.",
    'explanation.redirect-port':
      'redirect_uri diffère par son port : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.redirect-query':
      'redirect_uri diffère par ses paramètres : vous avez envoyé {sent}, {registered} est enregistrée. Ce qui doit revenir se met dans state.',
    'explanation.redirect-host':
      "redirect_uri diffère par son nom d'hôte : vous avez envoyé {sent}, {registered} est enregistrée.",
    'explanation.redirect-path':
      'redirect_uri diffère par son chemin : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.redirect-other':
      "redirect_uri n'est pas enregistrée : vous avez envoyé {sent} ; la plus proche est {registered}.",
    'explanation.redirect-none': "Aucune adresse n'a été comparée : envoyée {sent}, enregistrée {registered}.",
    'explanation.logout-slash':
      'post_logout_redirect_uri diffère par une barre oblique finale : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.logout-case':
      'post_logout_redirect_uri diffère par des majuscules : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.logout-scheme':
      'post_logout_redirect_uri diffère par http ou https : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.logout-port':
      'post_logout_redirect_uri diffère par son port : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.logout-query':
      'post_logout_redirect_uri diffère par ses paramètres : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.logout-host':
      "post_logout_redirect_uri diffère par son nom d'hôte : vous avez envoyé {sent}, {registered} est enregistrée.",
    'explanation.logout-path':
      'post_logout_redirect_uri diffère par son chemin : vous avez envoyé {sent}, {registered} est enregistrée.',
    'explanation.logout-other':
      "post_logout_redirect_uri n'est pas enregistrée : vous avez envoyé {sent} ; la plus proche est {registered}.",
    'explanation.pkce-missing': 'PKCE est obligatoire : envoyez code_challenge et code_challenge_method=S256.',
    'explanation.pkce-wrong':
      'code_verifier ne correspond pas au code_challenge de la demande : gardez-le dans la session du navigateur qui a commencé.',
    'explanation.secret-wrong':
      "Le secret est faux : un ancien secret, celui d'une autre application, ou un caractère mal encodé (RFC 6749 §2.3.1).",
    'explanation.secret-expired': 'Le secret a expiré : faites-en un autre ci-dessous.',
    'explanation.authentication-method':
      "L'application s'est authentifiée autrement que prévu : {registered} est enregistrée (token_endpoint_auth_method).",
    'explanation.assertion':
      "client_assertion est refusée : vérifiez iss et sub (client_id), aud (l'issuer), exp, un jti neuf, la clé et l'algorithme. {description}.",
    'explanation.code-unknown': "Le code est inconnu : il vient d'ailleurs, ou il a été recopié incomplet.",
    'explanation.code-used':
      "Le code a déjà servi : chaque code s'échange une fois. Rechargement de la page de retour, ou deux requêtes à la fois ?",
    'explanation.code-expired': "Le code a expiré : il s'échange dans la minute.",
    'explanation.code-redirect':
      "redirect_uri de l'échange n'est pas celle de la demande : vous avez envoyé {sent} ; répétez la même.",
    'explanation.refresh-token':
      "Le refresh token est inconnu, expiré ou a déjà servi : chaque usage en donne un nouveau, à garder à la place de l'ancien.",
    'explanation.parameter-missing': 'Il manque un paramètre obligatoire : {sent}.',
    'explanation.scope':
      "Un scope demandé n'est pas enregistré : vous avez demandé « {sent} », enregistrés : « {registered} ».",
    'explanation.response-type':
      "response_type n'est pas permis : vous avez demandé {sent}, {registered} est enregistré. Mire parle le code flow.",
    'explanation.grant-type': "grant_type n'est pas permis : vous avez demandé {sent}, enregistrés : {registered}.",
    'explanation.sign-in-refused':
      "La façon dont la personne s'est connectée n'ouvre pas, ou plus, votre application (allowed_modes, minimum_acr) : envoyez-la se connecter à nouveau.",
    'explanation.level': "Le niveau demandé n'a pas été atteint par la personne ({sent}).",
    'explanation.not-integrator':
      "L'application est à l'essai : seuls des intégrateurs peuvent s'y connecter. Demandez sa mise en production.",
    'explanation.other': 'La demande est refusée : {description}.',
  },
  en: {
    'explanation.redirect-slash': 'redirect_uri differs by a trailing slash: you sent {sent}, registered {registered}.',
    'explanation.redirect-case': 'redirect_uri differs by capital letters: you sent {sent}, registered {registered}.',
    'explanation.redirect-scheme':
      'redirect_uri differs by http or https: you sent {sent}, registered {registered}. Behind a proxy, the application must know its public address.',
    'explanation.redirect-port': 'redirect_uri differs by its port: you sent {sent}, registered {registered}.',
    'explanation.redirect-query':
      'redirect_uri differs by its parameters: you sent {sent}, registered {registered}. What must come back goes into state.',
    'explanation.redirect-host': 'redirect_uri differs by its host name: you sent {sent}, registered {registered}.',
    'explanation.redirect-path': 'redirect_uri differs by its path: you sent {sent}, registered {registered}.',
    'explanation.redirect-other': 'redirect_uri is not registered: you sent {sent}; the nearest one is {registered}.',
    'explanation.redirect-none': 'No address was compared: sent {sent}, registered {registered}.',
    'explanation.logout-slash':
      'post_logout_redirect_uri differs by a trailing slash: you sent {sent}, registered {registered}.',
    'explanation.logout-case':
      'post_logout_redirect_uri differs by capital letters: you sent {sent}, registered {registered}.',
    'explanation.logout-scheme':
      'post_logout_redirect_uri differs by http or https: you sent {sent}, registered {registered}.',
    'explanation.logout-port':
      'post_logout_redirect_uri differs by its port: you sent {sent}, registered {registered}.',
    'explanation.logout-query':
      'post_logout_redirect_uri differs by its parameters: you sent {sent}, registered {registered}.',
    'explanation.logout-host':
      'post_logout_redirect_uri differs by its host name: you sent {sent}, registered {registered}.',
    'explanation.logout-path':
      'post_logout_redirect_uri differs by its path: you sent {sent}, registered {registered}.',
    'explanation.logout-other':
      'post_logout_redirect_uri is not registered: you sent {sent}; the nearest one is {registered}.',
    'explanation.pkce-missing': 'PKCE is required: send code_challenge and code_challenge_method=S256.',
    'explanation.pkce-wrong':
      'code_verifier does not match the code_challenge of the request: keep it in the session of the browser that began.',
    'explanation.secret-wrong':
      'The secret is wrong: an old one, that of another application, or a character badly encoded (RFC 6749 §2.3.1).',
    'explanation.secret-expired': 'The secret has expired: make another one below.',
    'explanation.authentication-method':
      'The application authenticated in another way than registered: {registered} (token_endpoint_auth_method).',
    'explanation.assertion':
      'client_assertion is refused: check iss and sub (client_id), aud (the issuer), exp, a fresh jti, the key and its algorithm. {description}.',
    'explanation.code-unknown': 'The code is unknown: it comes from elsewhere, or was not copied whole.',
    'explanation.code-used':
      'The code was used already: each one is exchanged once. A reload of the callback page, or two requests at once?',
    'explanation.code-expired': 'The code has expired: it is exchanged within a minute.',
    'explanation.code-redirect':
      'redirect_uri of the exchange is not that of the request: you sent {sent}; repeat the same one.',
    'explanation.refresh-token':
      'The refresh token is unknown, expired or was used already: each use gives another one, to be kept instead.',
    'explanation.parameter-missing': 'A required parameter is missing: {sent}.',
    'explanation.scope': 'A scope is not registered: you asked for “{sent}”, registered “{registered}”.',
    'explanation.response-type':
      'response_type is not allowed: you asked for {sent}, registered {registered}. Mire speaks the code flow.',
    'explanation.grant-type': 'grant_type is not allowed: you asked for {sent}, registered {registered}.',
    'explanation.sign-in-refused':
      'The way in which the person signed in does not open your application, or no longer does (allowed_modes, minimum_acr): send them to sign in again.',
    'explanation.level': 'The person did not reach the level that was asked for ({sent}).',
    'explanation.not-integrator':
      'The application is being tried out: only integrators sign in to it. Ask for it to go into production.',
    'explanation.other': 'The request was refused: {description}.',
  },
} as const satisfies ExplanationTexts;
