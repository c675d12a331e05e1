import type { PGlite } from '@electric-sql/pglite';

/** Frontend messages that belong together: nothing of another connection may come between them. */
export interface Unit {
  readonly owner: object;
  readonly messages: readonly Uint8Array[];
  answer(frames: Buffer): void;
  failed(error: unknown): void;
}

/** Message types of the PostgreSQL protocol, version 3 (backend side). */
const READY_FOR_QUERY = 0x5a;
const NOTIFICATION = 0x41;
const IDLE = 0x49;

const SYNC = Uint8Array.of(0x53, 0, 0, 0, 4);
const ROLLBACK = Buffer.from('Q\0\0\0\x0drollback\0', 'latin1');

/**
 * Shares the one session of PGlite between connections. A connection keeps the session from its first message until
 * the backend says it is idle again, so neither a transaction nor the unnamed statement of two connections can mix.
 * (The socket server of PGlite itself queues single messages: two connections overwrite each other's statement.)
 */
export class PgliteSession {
  readonly #database: PGlite;
  readonly #notify: (frame: Buffer) => void;
  readonly #waiting: Unit[] = [];
  #owner: object | undefined;
  #busy: Promise<void> | undefined;

  constructor(database: PGlite, notify: (frame: Buffer) => void) {
    this.#database = database;
    this.#notify = notify;
  }

  run(unit: Unit): void {
    this.#waiting.push(unit);
    this.#wake();
  }

  /** The connection is gone: what it had queued is dropped, and a transaction it left open is rolled back. */
  leave(owner: object): void {
    const dropped = this.#waiting.filter((unit) => unit.owner === owner);
    for (const unit of dropped) this.#waiting.splice(this.#waiting.indexOf(unit), 1);
    const ignore = () => undefined;
    // Sync ends a pipeline cut off in the middle; both are without effect on an idle session. Only the owner of the
    // session may hold something open, and it may be at work right now: then its unit makes it the owner.
    const last = { owner, messages: [SYNC, ROLLBACK], answer: ignore, failed: ignore };
    this.#waiting.push(last);
    this.#wake();
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    await this.#busy;
  }

  #wake(): void {
    this.#busy ??= this.#work();
  }

  #next(): Unit | undefined {
    if (!this.#owner) return this.#waiting.shift();
    const index = this.#waiting.findIndex((unit) => unit.owner === this.#owner);
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  async #work(): Promise<void> {
    // One turn of the event loop, so that #busy is set before the first unit ends.
    await undefined;
    for (let unit = this.#next(); unit; unit = this.#next()) {
      this.#owner = unit.owner;
      try {
        const { frames, idle } = await this.#execute(unit.messages);
        if (idle) this.#owner = undefined;
        unit.answer(frames);
      } catch (error) {
        // What PGlite itself throws leaves nobody an answer to wait for.
        this.#owner = undefined;
        unit.failed(error);
      }
    }
    // In the same breath as the last look at the queue: what comes later starts anew.
    this.#busy = undefined;
  }

  async #execute(messages: readonly Uint8Array[]): Promise<{ frames: Buffer; idle: boolean }> {
    const received: Buffer[] = [];
    await this.#database.runExclusive(async () => {
      for (const message of messages) {
        await this.#database.execProtocolRawStream(message, { onRawData: (data) => received.push(Buffer.from(data)) });
      }
    });
    const kept: Buffer[] = [];
    let idle = false;
    for (const frame of framesOf(Buffer.concat(received))) {
      if (frame[0] === NOTIFICATION) this.#notify(frame);
      else kept.push(frame);
      if (frame[0] === READY_FOR_QUERY) idle = frame[5] === IDLE;
    }
    return { frames: Buffer.concat(kept), idle };
  }
}

function* framesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    yield bytes.subarray(at, end);
    at = end;
  }
}
