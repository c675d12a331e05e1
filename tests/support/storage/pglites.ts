import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type PgliteState = 'migrated' | 'empty';

export interface PgliteRequest {
  readonly id: number;
  readonly wanted: PgliteState | 'stop';
}

export interface PgliteAnswer {
  readonly id: number;
  readonly url?: string;
  readonly error?: string;
}

export interface TestPglite {
  readonly url: string;
  stop(): Promise<void>;
}

/** Asks the process that holds this worker's PGlites; it is started once, and keeps nobody from ending. */
class Pglites {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: PgliteAnswer) => void>();
  #last = 0;

  constructor() {
    const script = fileURLToPath(new URL('./pglite-server.ts', import.meta.url));
    // Jest's own flags must not reach it: the child runs the TypeScript as Node.js does.
    this.#child = fork(script, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (answer: PgliteAnswer) => this.#hear(answer));
    this.#child.on('exit', (code) => {
      for (const id of this.#waiting.keys()) this.#hear({ id, error: `PGlite ended with ${code}` });
    });
    this.#child.unref();
    this.#child.channel?.unref();
  }

  async start(state: PgliteState): Promise<TestPglite> {
    const id = ++this.#last;
    const { url } = await this.#ask({ id, wanted: state });
    return {
      url: url ?? '',
      stop: async () => {
        await this.#ask({ id, wanted: 'stop' });
      },
    };
  }

  async #ask(request: PgliteRequest): Promise<PgliteAnswer> {
    this.#child.channel?.ref();
    const answer = await new Promise<PgliteAnswer>((resolve) => {
      this.#waiting.set(request.id, resolve);
      this.#child.send(request);
    });
    if (this.#waiting.size === 0) this.#child.channel?.unref();
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  #hear(answer: PgliteAnswer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}

let pglites: Pglites | undefined;

/** A PGlite in memory, of its own, in the process that this worker keeps for them. */
export function startTestPglite(state: PgliteState): Promise<TestPglite> {
  pglites ??= new Pglites();
  return pglites.start(state);
}
