import type { Page } from 'playwright-core';
import type { ModeId } from '../../../config/modes.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND, messages } from '../sign-in/journeys.ts';

/** What people do in a real browser, by the words and names of the pages. */
export const application = (mire: RunningMire, id: string): string => `${mire.issuer}/sandbox/apps/${id}`;

export interface Person {
  readonly login: string;
  readonly password: string;
}

export function persona(id: string): Person {
  const found = PASSWORDS[id];
  if (!found) throw new Error(`no persona ${id}`);
  return { login: id, password: found };
}

const PASSWORDS: Readonly<Record<string, string>> = {
  mdurand: MDURAND.password,
  kbenali: 'Stethoscope-bleu-42',
  cpetit: 'Maternite-calme-2026',
  jmoreau: 'Compte-bloque-2026',
  tmartin: 'Agenda-partage-2026',
};

/** Opens one of the ways to sign in, unless it is open. */
export async function openMode(page: Page, mode: ModeId): Promise<void> {
  if (!page.url().endsWith(`/${mode}`)) await page.locator(`a.mode[href$="/${mode}"]`).click();
}

export async function fillPassword(page: Page, { login, password }: Person = MDURAND): Promise<void> {
  await page.locator('[name=login]').fill(login);
  await page.locator('[name=password]').fill(password);
  await page.locator('.login-submit').click();
}

/** From an application to its page of claims, by Login / Mdp. */
export async function signInByPassword(page: Page, address: string, person: Person = MDURAND): Promise<void> {
  await page.goto(address);
  if (!page.url().endsWith('/login-mdp')) await openMode(page, 'login-mdp');
  await fillPassword(page, person);
}

/** On the page that asks where to receive the code: chooses, and reads the code from the sandbox's inbox. */
export async function askCode(mire: RunningMire, page: Page, channel: 'mail' | 'sms' = 'mail'): Promise<string> {
  return codeAfter(mire, page, async () => {
    await page.locator(`[name=channel][value=${channel}]`).check();
    await page.locator('.login-submit').click();
  });
}

/** The code that something makes leave. */
export async function codeAfter(mire: RunningMire, page: Page, act: () => Promise<void>): Promise<string> {
  const sent = mire.sandbox.inbox.list().length;
  await act();
  await messages(mire, sent + 1);
  const inbox = await page.context().request.get(`${mire.issuer}/sandbox/inbox.json`);
  const newest = ((await inbox.json()) as { code: string }[]).find(({ code }) => code !== '');
  return newest?.code ?? '';
}

export async function fillCode(page: Page, code: string): Promise<void> {
  await page.locator('[name=code]').fill(code);
  await page.locator('.login-submit').click();
}

/** From an application to the page that asks for the code. @returns the code. */
export async function reachCode(mire: RunningMire, page: Page, address: string, person?: Person): Promise<string> {
  await page.goto(address);
  if (!page.url().endsWith('/code-ephemere')) await openMode(page, 'code-ephemere');
  await fillPassword(page, person);
  return askCode(mire, page);
}

/** The claims that an application of the sandbox shows, by name. */
export async function claims(page: Page): Promise<Readonly<Record<string, string>>> {
  await page.locator('.claims').waitFor();
  const rows = await page.locator('.claims tbody tr').all();
  const pairs = await Promise.all(
    rows.map(async (row) => [await row.locator('th').textContent(), await row.locator('td').textContent()]),
  );
  return Object.fromEntries(pairs.map(([name, value]) => [name ?? '', value ?? '']));
}
