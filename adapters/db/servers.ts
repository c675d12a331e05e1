import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type DatabaseAddress, type Place, parseDatabaseUrl } from '../../config/database-url.ts';
import { AWAY, type Identity, noneOf, placeName } from './primary.ts';

/** Why the connections of a process begin afresh: an SQLSTATE, a server that does not answer, another primary. */
export const AFRESH = [...AWAY, 'silent', 'promoted', 'another-database'] as const;
export type Afresh = (typeof AFRESH)[number];

/** A connection, as far as it can be given up. */
export interface Retirable {
  /** Now when nobody uses it, or `at: 'once'`; else when its work is done. */
  retire(at: 'once' | 'release', why: string): void;
}

/** A name may lead to several servers, of which one takes writes: each is a place of its own. */
async function addressesOf(place: Place): Promise<readonly Place[]> {
  try {
    const found = await lookup(place.host, { all: true });
    return found.length > 1 ? found.map(({ address }) => ({ ...place, address })) : [place];
  } catch {
    // Whoever connects is told so.
    return [place];
  }
}

const isName = ({ host }: Place): boolean => !host.startsWith('/') && host !== 'localhost' && isIP(host) === 0;
const same = (one: Place, other: Place): boolean =>
  one.host === other.host && one.port === other.port && one.address === other.address;

type Listener = (why: Afresh, place: string) => void;

/**
 * The servers that one DATABASE_URL names, as this process knows them. All pools of the process share it: what one
 * connection learns, all others leave by.
 */
export class Servers {
  readonly address: DatabaseAddress;
  /** Who took us last stands first. */
  #places: readonly Place[];
  #identity: Identity | undefined;
  readonly #open = new Set<Retirable>();
  readonly #listeners = new Set<Listener>();

  constructor(address: DatabaseAddress) {
    this.address = address;
    this.#places = address.places;
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  get places(): readonly Place[] {
    return this.#places;
  }

  get first(): Place {
    return this.#places[0] ?? { host: 'localhost', port: 5432 };
  }

  /** Tries each server once, beginning with the last that worked. @throws what each said, when there are several */
  async inTurn<T>(attempt: () => Promise<T>): Promise<T> {
    await this.#resolve();
    const tries: { place: Place; error: unknown }[] = [];
    for (let left = this.#places.length; left > 0; left -= 1) {
      const place = this.first;
      try {
        return await attempt();
      } catch (error) {
        tries.push({ place, error });
        // Another attempt may have moved it already.
        if (same(this.first, place)) this.#places = [...this.#places.slice(1), place];
      }
    }
    throw noneOf(tries);
  }

  /** What names lead to is asked each time; who took us last still stands first. */
  async #resolve(): Promise<void> {
    if (!this.address.places.some(isName)) return;
    const found = await Promise.all(
      this.address.places.map((place) => (isName(place) ? addressesOf(place) : Promise.resolve([place]))),
    );
    const all = found.flat();
    const kept = this.#places.filter((place) => all.some((one) => same(one, place)));
    this.#places = [...kept, ...all.filter((place) => !kept.some((one) => same(one, place)))];
  }

  prefer(place: Place): void {
    this.#places = [place, ...this.#places.filter((one) => !same(one, place))];
  }

  /** A server that may be used said who it is. */
  met(place: Place, identity: Identity | undefined): void {
    const known = this.#identity;
    if (!identity) return;
    this.#identity = identity;
    if (!known || (known.system === identity.system && known.timeline === identity.timeline)) return;
    this.startAfresh(known.system === identity.system ? 'promoted' : 'another-database', place);
  }

  /** Every connection of the process that was opened before now is left. */
  startAfresh(why: Afresh, place: Place = this.first): void {
    const another = why === 'promoted' || why === 'another-database';
    // One server that goes away is heard of by all its connections: it is left once.
    if (this.#open.size === 0 && !another) return;
    // Whoever still works on a primary of the past works in vain, and may read what is not true any more.
    const at = another ? 'once' : 'release';
    const old = [...this.#open];
    this.#open.clear();
    for (const connection of old) connection.retire(at, `the database has moved (${why})`);
    for (const listener of this.#listeners) listener(why, placeName(place));
  }

  add(connection: Retirable): void {
    this.#open.add(connection);
  }

  remove(connection: Retirable): void {
    this.#open.delete(connection);
  }

  /** @returns how to hear nothing more */
  onAfresh(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const known = new Map<string, Servers>();

/** One for each address, whoever asks. */
export function serversOf(url: string): Servers {
  const found = known.get(url);
  if (found) return found;
  const made = new Servers(parseDatabaseUrl(url));
  known.set(url, made);
  return made;
}
