import { decodeJwt } from 'jose';
import { ACR_VALUES, type Acr, type ModeId } from '../../../config/modes.ts';
import type { RunningMire } from '../mire.ts';
import { redeem } from './ground.ts';
import { levelOf, type Proof, type Who } from './means.ts';
import { isOpen } from './open-defects.ts';
import { holds } from './promises.ts';
import { stillCounts, type Tokens, type World } from './world.ts';

const rank = (acr: unknown): number => ACR_VALUES.indexOf(acr as Acr);

const MINIMUM: Readonly<Record<string, Acr>> = { messagerie: 'eidas2', portail: 'eidas1', ror: 'eidas1' };
const minimumOf = ({ narrow }: World, client: string): Acr =>
  client === narrow.id ? narrow.minimum : (MINIMUM[client] ?? 'eidas1');

/** What somebody holds of an account, told in the words of a failing sequence. */
export const told = ({ who, account, mode, roots }: Proof): string =>
  `${who} as ${account} by ${mode} (${[...roots].join('+')})`;

/** Whatever is said of somebody to an application must be what its holder proved, and still may. */
export function checkClaims(
  world: World,
  proof: Proof,
  client: string,
  claims: Readonly<Record<string, unknown>>,
): void {
  const { person } = world.dossiers[proof.account];
  const how = (what: string) => () => `${told(proof)}, at ${client}: ${what}`;
  holds('their own account', claims.sub === person.id, how(`sub is ${claims.sub}, and not ${person.id}`));
  holds('taken back is taken back', stillCounts(world, proof), how('it was proved before the account was taken back'));
  if ('acr' in claims) {
    // As long as that defect is open, two factors are whatever the page calls so.
    const level = isOpen('one-mailbox') && proof.mode === 'code-ephemere' ? 'eidas2' : levelOf(proof.roots);
    holds('no more than proved', rank(claims.acr) <= rank(level), how(`acr ${claims.acr}, where ${level} was proved`));
    holds('no more than proved', rank(claims.acr) >= rank(minimumOf(world, client)), how(`acr ${claims.acr}, too low`));
    checkIntruder(world, proof.who, claims.acr, how(`acr ${claims.acr}`));
  }
  if (Array.isArray(claims.amr)) {
    const more = claims.amr.filter((value) => !proof.amr.has(value));
    holds('no more than proved', more.length === 0, how(`amr has ${more.join(', ')} as well`));
  }
  const { modes } = world.narrow;
  if (client === world.narrow.id && modes)
    holds('no more than proved', modes.includes(proof.mode), how(`the application accepts ${modes.join(', ')} alone`));
  checkName(world, proof, claims, how);
}

function checkName(
  world: World,
  proof: Proof,
  claims: Readonly<Record<string, unknown>>,
  how: (what: string) => () => string,
): void {
  const { person } = world.dossiers[proof.account];
  const profession = (claims.profession as { code?: string } | undefined)?.code;
  for (const [said, own] of [
    [claims.family_name, person.familyName],
    [claims.national_id, person.number],
    [profession, person.profession],
  ])
    holds('their own name', said === undefined || said === own, how(`it says ${said} of ${own}`));
}

function checkIntruder({ intruder }: World, who: Who, acr: unknown, how: () => string): void {
  if (who !== 'mallory') return;
  const { most } = intruder;
  // A mailbox gives two factors as long as that defect is open.
  const may = isOpen('one-mailbox') && intruder.id === 'mailbox' ? 'eidas2' : most;
  holds('no more than their kind', may !== undefined && rank(acr) <= rank(may), how);
}

/** The code at the callback becomes tokens, and they are held to what was proved. */
export async function arrive(
  mire: RunningMire,
  world: World,
  { proof, client, url }: { proof: Proof; client: string; url: URL },
): Promise<Tokens | undefined> {
  const code = url.searchParams.get('code');
  if (!code) return undefined;
  const { status, body } = await redeem(mire, client, code);
  if (status !== 200) return undefined;
  checkClaims(world, proof, client, decodeJwt(String(body.id_token)));
  const tokens: Tokens = {
    holder: proof.who,
    proof,
    client,
    access: String(body.access_token),
    refresh: typeof body.refresh_token === 'string' ? body.refresh_token : undefined,
  };
  world.tokens.push(tokens);
  return tokens;
}

export type { ModeId };
