import type { World } from './world.ts';

interface Reached {
  tried: number;
  worked: number;
  milliseconds: number;
}

/** What the sequences reached: a model that gets nowhere breaks no promise either. */
export type Reach = Map<string, Reached>;

/** Changes whenever somebody got anything. */
const trace = ({ tokens, parked, dossiers, lost, narrow, seats }: World): string =>
  JSON.stringify([
    [tokens.length, tokens.at(-1)?.refresh, parked.length, lost.length, narrow.modes, narrow.minimum],
    Object.values(seats).map(({ session }) => session?.proof.at),
    Object.values(dossiers).map(({ since, status, guesses, undos, dead, means }) => [
      [since, status, guesses.length, undos.length, dead.size],
      [means.password?.value, means.mail?.value, means.phone?.value, means.app?.seed, means.paper?.at],
      [means.keys.length, means.identities.length],
    ]),
  ]);

/** Walks one step, and writes down whether anything came of it. */
export async function reaching(reach: Reach, move: string, world: World, walk: () => Promise<void>): Promise<void> {
  const found = reach.get(move) ?? { tried: 0, worked: 0, milliseconds: 0 };
  reach.set(move, found);
  const before = trace(world);
  const since = performance.now();
  found.tried += 1;
  await walk();
  found.milliseconds += performance.now() - since;
  if (trace(world) !== before) found.worked += 1;
}

export const inWords = (reach: Reach): string =>
  [...reach]
    .map(
      ([move, { tried, worked, milliseconds }]) => `${worked}/${tried} ${(milliseconds / tried).toFixed()} ms  ${move}`,
    )
    .sort()
    .join('\n');
