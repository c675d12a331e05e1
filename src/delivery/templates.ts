import { accountTemplates } from './account-templates.ts';
import { clientTemplates } from './client-templates.ts';
import { desktopTemplates } from './desktop-templates.ts';
import { helpDeskTemplates } from './help-desk-templates.ts';
import { lifecycleTemplates } from './lifecycle-templates.ts';
import type { Locale } from './ports.ts';
import { signInTemplates } from './sign-in-templates.ts';
import { signupTemplates } from './signup-templates.ts';

/** One notice in one language. `{name}` stands for a value; `{platform}` is always known. */
export interface NoticeWords {
  readonly subject: string;
  readonly lines: readonly string[];
  /** A link on a line of its own; `href` is a text like the others, such as `{undo}`. */
  readonly link?: { readonly label: string; readonly href: string };
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

/** The names of the values that a template needs, beside the platform's. */
export function paramsOf(id: TemplateId): string[] {
  const names = JSON.stringify(TEMPLATES[id]).matchAll(/\{(\w+)\}/g);
  return [...new Set([...names].map(([, name = '']) => name))].filter((name) => name !== 'platform').sort();
}
