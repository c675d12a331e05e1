import { createHash } from 'node:crypto';
import { CARE } from '../../config/lives.ts';
import type { Acr } from '../../config/modes.ts';
import { OWN_CLIENT } from '../../src/clients/own-client.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import type { Lang } from '../layout/lang.ts';

/** Where the road may end: pages of ours that ask who is there. */
const WAY_BACK = /^\/(?:compte|assistance)(?:\/[a-z0-9-]+)*$/;
export const wayBack = (asked: unknown): string =>
  typeof asked === 'string' && asked.length < 200 && WAY_BACK.test(asked) ? asked : '/compte';

/**
 * The address that asks for a sign-in, on the road of every application. The verifier is thrown away: nobody can make
 * anything of the code.
 * @param fresh the level of a proof that must be recent
 */
export function roadTo(issuer: string, path: string, lang: Lang, fresh?: Acr, mode?: string): string {
  const address = new URL('/authorize', issuer);
  const parameters: Record<string, string> = {
    client_id: OWN_CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${issuer}/compte/retour`,
    code_challenge: createHash('sha256').update(randomToken()).digest('base64url'),
    code_challenge_method: 'S256',
    state: wayBack(path),
    ui_locales: lang,
    ...(fresh ? { acr_values: fresh, max_age: String(CARE.freshProof) } : {}),
    ...(mode ? { mode } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}
