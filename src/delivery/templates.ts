import { accountTemplates } from './account-templates.ts';
import { clientTemplates } from './client-templates.ts';
import { desktopTemplates } from './desktop-templates.ts';
import { helpDeskTemplates } from './help-desk-templates.ts';
import { lifecycleTemplates } from './lifecycle-templates.ts';
import type { Locale } from './ports.ts';
import { signInTemplates } from './sign-in-templates.ts';
import { signupTemplates } from './signup-templates.ts';

/** `href` is a text like the others, such as `{undo}`. */
export interface NoticeLink {
  readonly label: string;
  readonly href: string;
}

/** One notice in one language. `{name}` stands for a value; `{platform}` and `{support}` are always known. */
export interface NoticeWords {
  readonly subject: string;
  readonly lines: readonly string[];
  /** On a line of its own: addresses stand nowhere else. */
  readonly link?: NoticeLink;
  /** After the link. */
  readonly after?: readonly string[];
}

export type NoticeTemplate = Readonly<Record<Locale, NoticeWords>>;

/** Every notice; each room writes its own in a file beside this one. */
export const TEMPLATES = {
  ...accountTemplates,
  ...signInTemplates,
  ...helpDeskTemplates,
  ...lifecycleTemplates,
  ...clientTemplates,
  ...desktopTemplates,
  ...signupTemplates,
} as const satisfies Readonly<Record<string, NoticeTemplate>>;

export type TemplateId = keyof typeof TEMPLATES;

export const isTemplate = (id: string): id is TemplateId => Object.hasOwn(TEMPLATES, id);

/** Known of every deployment, whatever a notice tells. */
const ALWAYS = ['platform', 'support'];

/** The names of the values that a template needs, beside those. */
export function paramsOf(id: TemplateId): string[] {
  const names = JSON.stringify(TEMPLATES[id]).matchAll(/\{(\w+)\}/g);
  return [...new Set([...names].map(([, name = '']) => name))].filter((name) => !ALWAYS.includes(name)).sort();
}
