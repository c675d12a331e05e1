import { decodeJwt } from 'jose';
import { checkClaims, told } from '../arriving.ts';
import { asClient } from '../ground.ts';
import { holds } from '../promises.ts';
import { type Move, pick, type Scene } from '../scene.ts';
import { stillCounts, type Tokens } from '../world.ts';

const may: Move['may'] = ({ tokens }) => tokens.length > 0;

/** What is left good of tokens once they are presented. */
function checkAlive({ world }: Scene, { proof, client }: Tokens, what: string): void {
  holds('taken back is taken back', stillCounts(world, proof), () => `${what} of ${told(proof)}, at ${client}`);
  const { id, modes, minimum } = world.narrow;
  if (client !== id) return;
  const accepted = modes?.includes(proof.mode) ?? true;
  holds('no more than proved', accepted, () => `${what} of ${told(proof)}, where ${modes} alone is accepted now`);
  void minimum;
}

export async function refresh(scene: Scene, tokens: Tokens): Promise<boolean> {
  if (!tokens.refresh) return false;
  const { status, body } = await asClient(scene.mire, tokens.client, '/token', {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh,
  });
  if (status !== 200) return false;
  checkAlive(scene, tokens, 'a refresh token');
  tokens.refresh = typeof body.refresh_token === 'string' ? body.refresh_token : tokens.refresh;
  if (typeof body.id_token === 'string')
    checkClaims(scene.world, tokens.proof, tokens.client, decodeJwt(body.id_token));
  return true;
}

export async function look(scene: Scene, tokens: Tokens): Promise<boolean> {
  const introspected = await asClient(scene.mire, tokens.client, '/introspect', { token: tokens.access });
  if (introspected.body.active === true) checkAlive(scene, tokens, 'an access token');
  const answer = await fetch(new URL('/userinfo', scene.mire.issuer), {
    headers: { authorization: `Bearer ${tokens.access}` },
  });
  if (answer.status !== 200) return introspected.body.active === true;
  checkAlive(scene, tokens, 'an access token at /userinfo');
  const said = (await answer.json()) as Record<string, unknown>;
  checkClaims(scene.world, tokens.proof, tokens.client, said);
  return true;
}

const refreshes: Move = {
  name: 'refreshes',
  weight: 7,
  may,
  async act(scene, { n }) {
    const tokens = pick(scene.world.tokens, n);
    if (!tokens) return;
    scene.tell(`${tokens.client} refreshes the tokens of ${told(tokens.proof)}`);
    await refresh(scene, tokens);
  },
};

const looks: Move = {
  name: 'presents a token',
  looks: true,
  weight: 6,
  may,
  async act(scene, { n }) {
    const tokens = pick(scene.world.tokens, n);
    if (!tokens) return;
    scene.tell(`${tokens.client} presents the access token of ${told(tokens.proof)}`);
    await look(scene, tokens);
  },
};

/** An integrator's own application with tokens that are another's. */
const borrows: Move = {
  name: 'presents another’s token',
  looks: true,
  weight: 2,
  may: ({ tokens, narrow, intruder }) =>
    intruder.id === 'integrator' && tokens.some(({ client }) => client !== narrow.id),
  async act({ mire, world, tell }, { n }) {
    const { id } = world.narrow;
    const tokens = pick(
      world.tokens.filter(({ client }) => client !== id),
      n,
    );
    if (!tokens) return;
    tell(`${id} presents tokens that ${tokens.client} was given`);
    const seen = await asClient(mire, id, '/introspect', { token: tokens.access });
    const taken = await asClient(mire, id, '/token', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh ?? '',
    });
    const none = seen.body.active !== true && taken.status !== 200;
    holds('no more than their kind', none, () => `${id} made something of a token of ${tokens.client}`);
  },
};

export const TOKENS: readonly Move[] = [refreshes, looks, borrows];
