/** What somebody may write where a line of text is read, by what is wrong with it. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'a line feed': 'a\nb',
  'a carriage return': 'a\rb',
  NUL: 'a\u0000b',
  'a control of ISO 8859': 'a\u0085b',
  'a mark that turns the line round': 'a\u202eb',
  'an isolate of another direction': 'a\u2066b\u2069',
  'a joiner that nobody sees': 'a\u200db',
  'a separator of lines': 'a\u2028b',
  'a separator of paragraphs': 'a\u2029b',
  'a letter of private use': 'a\ue000b',
  'half a letter': 'a\ud800b',
  'a letter that nobody draws': 'a\u3164b',
  'a tag': 'a\u{e0041}b',
  'marks over marks': `a${'\u0301'.repeat(40)}b`,
  'fifty thousand letters': 'x'.repeat(50_000),
};

/** Those that a form can carry: half a letter arrives as a sign of its own. */
export const SENT_BY_FORM = Object.values(HOSTILE).filter((text) => text.isWellFormed());

/** Names of our own, as somebody writes them who hopes that it is not seen. */
export const RESERVED = [
  'Mon compte',
  'MON  COMPTE',
  'Mon cômpte',
  'M\u043en c\u043empte',
  'Ｍｏｎ　ｃｏｍｐｔｅ',
  'My account',
  'Mire',
  'M1re',
  'Portail des Professionnels de Santé',
  'portail des professionnels de sante.',
] as const;

const around = (text: string) => `https://app.example.org/${text}`;

/** Every metadata of an application that holds text, with a text in it. */
export const TEXT_METADATA: Readonly<Record<string, (text: string) => unknown>> = {
  client_name: (text) => text,
  'client_name#fr': (text) => text,
  client_uri: around,
  logo_uri: around,
  policy_uri: around,
  tos_uri: around,
  jwks_uri: around,
  sector_identifier_uri: around,
  initiate_login_uri: around,
  backchannel_logout_uri: around,
  redirect_uris: (text) => ['https://app.example.org/callback', around(text)],
  post_logout_redirect_uris: (text) => [around(text)],
  contacts: (text) => [`${text}@app.example.org`],
  scope: (text) => `openid ${text}`,
  step_up_reason: (text) => text,
  owner: (text) => text,
  purpose: (text) => ({ email: text }),
  software_id: (text) => text,
  software_version: (text) => text,
  tls_client_auth_subject_dn: (text) => `CN=${text}`,
  default_acr_values: (text) => [text],
};
