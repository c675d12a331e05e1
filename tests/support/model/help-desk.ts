import type { Browser } from '../http/browser.ts';
import { signInDirectly } from '../sign-in/directly.ts';
import { csrfOf } from '../sign-in/steps.ts';
import type { Scene } from './scene.ts';

/** An agent at their desk, signed in with two factors just now. */
export const asAgent = ({ mire }: Pick<Scene, 'mire'>, login: string): Promise<Browser> =>
  signInDirectly(mire, { login, acr: 'eidas2', client: 'mire' });

/** One act of an agent on somebody's account. @returns whether it was done, or asked for */
export async function act(
  scene: Pick<Scene, 'mire'>,
  login: string,
  accountId: string,
  fields: Readonly<Record<string, string>>,
): Promise<boolean> {
  const browser = await asAgent(scene, login);
  const page = await browser.get(`${scene.mire.issuer}/assistance/compte/${accountId}`);
  if (page.status !== 200) return false;
  const done = await browser.post(page.url, { _csrf: csrfOf(page), ...fields });
  return /fait=(?:acted|asked)/.test(done.url.search);
}

export const askForRecovery = (scene: Pick<Scene, 'mire'>, login: string, accountId: string, email: string) =>
  act(scene, login, accountId, { action: 'recovery', email });

/** Answers whatever waits for this account. @returns whether something was settled */
export async function settleAll(
  scene: Pick<Scene, 'mire'>,
  login: string,
  decision: 'approve' | 'decline',
  accountId: string,
): Promise<boolean> {
  const { mire } = scene;
  const open = await mire.sandbox.parts.storage.helpDesk.open(mire.clock.now());
  const wanted = open.filter((one) => one.accountId === accountId);
  if (wanted.length === 0) return false;
  const browser = await asAgent(scene, login);
  let settled = false;
  for (const { id } of wanted) {
    const page = await browser.get(`${mire.issuer}/assistance`);
    const done = await browser.post(`${mire.issuer}/assistance/demande`, {
      _csrf: csrfOf(page),
      request: id,
      decision,
    });
    settled ||= done.url.search.includes('fait=settled');
  }
  return settled;
}
