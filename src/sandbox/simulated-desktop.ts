import { DESKTOP_CLIENT } from '../../config/sandbox-applications.ts';
import { DesktopClient, DesktopRefusal, type ShownRequest, type ShownSession } from './desktop-client.ts';

/** What one visitor's simulated desktop shows. */
export interface DesktopState {
  readonly session: ShownSession | undefined;
  /** Opened by its code, and not answered yet. */
  readonly request: ShownRequest | undefined;
  readonly waiting: readonly ShownRequest[];
}

interface Seat {
  readonly client: DesktopClient;
  finish: ((answer: URL) => Promise<void>) | undefined;
  request: ShownRequest | undefined;
}

const ROOM = 200;

/**
 * The reference agent for those without a terminal: one desktop application for each visitor of the sandbox, its key in
 * memory, speaking the same protocol to the same service.
 */
export class SimulatedDesktops {
  readonly #issuer: string;
  readonly #seats = new Map<string, Promise<Seat>>();

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** @returns where to send the browser to sign in. */
  async signIn(visitor: string, parameters: Readonly<Record<string, string>>): Promise<URL> {
    const seat = await (this.#seats.get(visitor) ?? this.#newSeat(visitor));
    const { url, finish } = await seat.client.beginInBrowser(this.callback, parameters);
    seat.finish = finish;
    return url;
  }

  get callback(): string {
    return `${this.#issuer}/sandbox/bureau/callback`;
  }

  async signedIn(visitor: string, answer: URL, name: string): Promise<void> {
    const seat = await this.#seat(visitor);
    const { finish } = seat;
    seat.finish = undefined;
    await finish?.(answer);
    await seat.client.openSession(name);
  }

  /** @throws {DesktopRefusal} when its session ended: it is signed out then. */
  async state(visitor: string): Promise<DesktopState> {
    const seat = await this.#seats.get(visitor);
    if (!seat?.client.signedIn) return { session: undefined, request: undefined, waiting: [] };
    const { client, request } = seat;
    try {
      const [session, waiting] = [await client.session(), await client.waiting()];
      const open = request && Date.parse(request.expires_at) > Date.now() ? request : undefined;
      return { session, request: open, waiting };
    } catch (error) {
      client.forget();
      throw error;
    }
  }

  async open(visitor: string, code: string): Promise<void> {
    const seat = await this.#seat(visitor);
    seat.request = await seat.client.openRequest({ code });
  }

  /** @param number undefined: refuses, or approves what has no number */
  async answer(visitor: string, id: string, approves: boolean, number?: number): Promise<void> {
    const seat = await this.#seat(visitor);
    if (seat.request?.id === id) seat.request = undefined;
    await (approves ? seat.client.approve(id, number) : seat.client.refuse(id));
  }

  async signOut(visitor: string): Promise<void> {
    const { client } = await this.#seat(visitor);
    this.#seats.delete(visitor);
    if (client.signedIn) await client.signOut();
  }

  /** Of somebody who began to sign in. */
  async #seat(visitor: string): Promise<Seat> {
    const seat = await this.#seats.get(visitor);
    if (!seat) throw new DesktopRefusal(401, { error: 'desktop-token', error_description: 'not signed in' });
    return seat;
  }

  /** The oldest leaves when one more arrives. */
  #newSeat(visitor: string): Promise<Seat> {
    const made = DesktopClient.discover({ issuer: this.#issuer, clientId: DESKTOP_CLIENT }).then((client) => ({
      client,
      finish: undefined,
      request: undefined,
    }));
    made.catch(() => this.#seats.delete(visitor));
    this.#seats.set(visitor, made);
    const [oldest] = this.#seats.keys();
    if (this.#seats.size > ROOM && oldest !== undefined) this.#seats.delete(oldest);
    return made;
  }
}
