import fc from 'fast-check';
import type { RunningMire } from '../mire.ts';
import { INTRUDERS, type IntruderId } from './intruders.ts';
import type { Who } from './means.ts';
import { MOVES } from './moves/all.ts';
import { ownerEnters } from './owner.ts';
import { type Reach, reaching } from './reach.ts';
import type { Desk, Draw, Move, Scene } from './scene.ts';
import { type Beginning, begin } from './setting.ts';
import { checkStanding } from './standing.ts';
import type { World } from './world.ts';

/** A page that does not offer what somebody wanted to do there stops them, and nothing else. */
function onlyBroken(error: unknown): void {
  if (error instanceof Error && /^no (?:form|link) /.test(error.message)) return;
  throw error;
}

/** One step of a sequence; after it every promise is looked at. */
class Step implements fc.AsyncCommand<World, Walk> {
  readonly #move: Move;
  readonly #draw: Draw;
  readonly #reach: Reach;

  constructor(move: Move, draw: Draw, reach: Reach) {
    this.#move = move;
    this.#draw = draw;
    this.#reach = reach;
  }

  check(world: Readonly<World>): boolean {
    return this.#move.may(world, this.#draw);
  }

  async run(world: World, { scene, said }: Walk): Promise<void> {
    const at = said.push(this.#move.name) - 1;
    const tell = (words: string) => {
      said[at] = words;
    };
    await reaching(this.#reach, this.#move.name, world, () =>
      this.#move.act({ ...scene, tell }, this.#draw).catch(onlyBroken),
    );
    await checkStanding(scene);
  }

  toString(): string {
    return this.#move.name;
  }
}

/** One sequence, and what was done in it so far, in words. */
interface Walk {
  readonly scene: Scene;
  readonly said: string[];
}

/** What was done before each failure: a step is drawn anew for each shorter sequence, and may do something else in it. */
const doneBefore = new WeakMap<object, readonly string[]>();

const who = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Who>('mallory') },
  { weight: 5, arbitrary: fc.constant<Who>('alice') },
  { weight: 1, arbitrary: fc.constant<Who>('bob') },
);
const draw: fc.Arbitrary<Draw> = fc.record({ who, n: fc.nat(255), yes: fc.boolean() });

const beginnings = (intruders: readonly IntruderId[]): fc.Arbitrary<Beginning> =>
  fc.record({ intruder: fc.constantFrom(...intruders), phone: fc.boolean(), number: fc.boolean() });

export const stepsOf = (reach: Reach): number => [...reach.values()].reduce((sum, { tried }) => sum + tried, 0);

/** A part of what may happen, where one defect is looked for. */
export interface Focus {
  readonly intruders: readonly IntruderId[];
  /** Names of moves. */
  readonly moves: readonly string[];
}

export interface Run {
  readonly sequences?: number | undefined;
  /** In place of `sequences`: as many as make so many steps. */
  readonly steps?: number | undefined;
  readonly focus?: Focus | undefined;
  /** Milliseconds after which no other sequence begins. */
  readonly within?: number | undefined;
  readonly longest: number;
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  readonly replay?: string | undefined;
}

/** The desk of a whole file: its agents are the sandbox's own people. */
const AGENTS = { agents: ['mdurand', 'kbenali'], hostile: 'slefevre' } as const satisfies Desk & { hostile: string };

export async function openDesk(mire: RunningMire): Promise<void> {
  const { accounts } = mire.sandbox.parts.storage;
  for (const login of [...AGENTS.agents, AGENTS.hostile]) {
    const found = await accounts.byLoginKey(login);
    if (found) await accounts.setRoles(found.account.id, ['helpdesk']);
  }
}

/** Draws sequences and walks them. @returns what they reached. @throws with the shortest that broke a promise */
export async function walkSequences(
  mire: RunningMire,
  { sequences = 100, steps, longest, seed, path, replay, focus, within }: Run,
): Promise<Reach> {
  const reach: Reach = new Map();
  const step = fc.oneof(
    ...MOVES.filter(({ name }) => focus?.moves.includes(name) ?? true).map((move) => ({
      weight: move.weight,
      arbitrary: draw.map((drawn) => new Step(move, drawn, reach)),
    })),
  );
  const property = fc.asyncProperty(
    beginnings(focus?.intruders ?? INTRUDERS.map(({ id }) => id)),
    fc.commands([step], {
      maxCommands: longest,
      size: 'max',
      ...(replay === undefined ? {} : { replayPath: replay }),
    }),
    async (from, commands) => {
      if (steps !== undefined && stepsOf(reach) >= steps) return;
      const scene = await begin(mire, AGENTS, from);
      const said: string[] = [];
      try {
        await fc.asyncModelRun(() => ({ model: scene.world, real: { scene, said } }), commands);
        await ownerEnters(scene);
      } catch (error) {
        if (error instanceof Error) doneBefore.set(error, said);
        throw error;
      }
    },
  );
  const told = await fc.check(property, {
    numRuns: steps ?? sequences,
    ...(within === undefined ? {} : { interruptAfterTimeLimit: within, markInterruptAsFailure: false }),
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
    endOnFailure: false,
  });
  if (told.failed) throw new Error(inWords(told));
  return reach;
}

interface Told {
  readonly counterexample: readonly [Beginning, Iterable<unknown>] | null;
  readonly seed: number;
  readonly counterexamplePath: string | null;
  readonly errorInstance: unknown;
  readonly numShrinks: number;
}

function inWords({ counterexample, seed, counterexamplePath, errorInstance, numShrinks }: Told): string {
  const [from, commands] = counterexample ?? [];
  const [, replay = ''] = String(commands).split('/*replayPath=');
  const said = (errorInstance instanceof Error && doneBefore.get(errorInstance)) || [];
  const why = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return [
    'A sequence broke a promise:',
    `  beginning: ${JSON.stringify(from)}`,
    ...said.map((words) => `  - ${words}`),
    why,
    `(shrunk ${numShrinks} times; again: MODEL_SEED=${seed} MODEL_PATH=${counterexamplePath} MODEL_REPLAY=${/"([^"]+)"/.exec(replay)?.[1]})`,
  ].join('\n');
}
