import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestTimedOut } from '../jest/timed-out.ts';

const AGENT = fileURLToPath(new URL('../../../tools/desktop-agent/agent.ts', import.meta.url));
/** In milliseconds: a safety net. */
const PATIENCE = 120_000;

/** The reference agent, in a process of its own, as a person uses it: lines in, lines out. */
export class Agent {
  said = '';
  readonly #child: ChildProcess;
  readonly #home: string | undefined;
  readonly #ended: Promise<unknown>;
  #read = 0;
  #waiting: (() => void)[] = [];

  constructor(issuer: string, options: { home?: string; args?: readonly string[] } = {}) {
    this.#home = options.home === undefined ? mkdtempSync(join(tmpdir(), 'mire-agent-')) : undefined;
    const home = options.home ?? this.#home ?? '';
    const args = ['--issuer', issuer, '--home', home, '--name', 'Poste de garde', ...(options.args ?? [])];
    this.#child = spawn(process.execPath, [AGENT, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
        this.#wake();
      });
    }
    this.#ended = once(this.#child, 'close').then(() => this.#wake());
  }

  /** Waits for words that were not waited for before. @returns what they say */
  async says(words: RegExp): Promise<RegExpExecArray> {
    const late = AbortSignal.timeout(PATIENCE);
    late.addEventListener('abort', () => this.#wake());
    for (;;) {
      const found = words.exec(this.said.slice(this.#read));
      if (found) {
        this.#read += found.index + found[0].length;
        return found;
      }
      const saying = `${words}:\n${this.said}`;
      if (this.#child.exitCode !== null) throw new Error(`the agent ended before it said ${saying}`);
      if (late.aborted) throw new TestTimedOut(`in vain: the agent to say ${saying}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Where it asks its person to sign in. */
  async signInAddress(): Promise<string> {
    return (await this.says(/\n {2}(http\S+)/))[1] ?? '';
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    if (this.#home) rmSync(this.#home, { recursive: true, force: true });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
