import { type Deadline, DirectoryDown } from '../../src/structures/directory.ts';
import { isIll, saidBy } from './answers.ts';
import { type NotConnected, within } from './connection.ts';

/** A server that broke off or was busy is asked last for so long, in milliseconds. */
const ILL_FOR = 60_000;

/** What a server could not do, that another one may. */
export class ServerIll extends Error {
  override readonly name = 'ServerIll';
  readonly untrusted: boolean;
  constructor(said: string, untrusted = false, cause?: unknown) {
    super(said, { cause });
    this.untrusted = untrusted;
  }
}

export const remaining = (by: Deadline): number => Math.max(1, by - performance.now());

/** One exchange on a connection. @throws {ServerIll} when the server breaks off, is silent or says that it is busy */
export async function ask<T>(by: Deadline, work: () => Promise<T>): Promise<T> {
  const late = () => new ServerIll('no answer in time');
  try {
    return await within<T>(remaining(by), late, (done, fail) => {
      work().then(done, fail);
    });
  } catch (error) {
    if (error instanceof ServerIll || !isIll(error)) throw error;
    throw new ServerIll(saidBy(error), false, error);
  }
}

export const illBecause = (error: NotConnected): ServerIll =>
  new ServerIll(`${error.step}: ${error.message}`, error.untrusted, error);

/**
 * Several servers as one: the one that answered last is asked first, and those that were ill last.
 * @param list the same array as long as nothing was looked up anew
 */
export function createServers(list: (by: Deadline) => Promise<readonly string[]>, onIll: (server: string) => void) {
  const illUntil = new Map<string, number>();
  let known: readonly string[] = [];
  let preferred: string | undefined;

  function order(servers: readonly string[]): string[] {
    const now = performance.now();
    // Records that were looked up anew have their own first one.
    if (servers !== known) preferred = servers[0];
    known = servers;
    for (const [server, until] of illUntil) if (until <= now) illUntil.delete(server);
    const ill = (server: string) => ((illUntil.get(server) ?? 0) > now ? 1 : 0);
    const rank = (server: string) => ill(server) * 2 + (server === preferred ? 0 : 1);
    return [...servers].sort((a, b) => rank(a) - rank(b));
  }

  /**
   * Asks one after the other until one answers; the time left is shared among those that are left.
   * @throws {DirectoryDown} when none does; whatever else `work` throws
   */
  return async function each<T>(by: Deadline, work: (server: string, by: Deadline) => Promise<T>): Promise<T> {
    const failures: ServerIll[] = [];
    const left = order(await list(by));
    for (let server = left.shift(); server !== undefined; server = left.shift()) {
      try {
        const result = await work(server, performance.now() + remaining(by) / (left.length + 1));
        preferred = server;
        illUntil.delete(server);
        return result;
      } catch (error) {
        if (!(error instanceof ServerIll)) throw error;
        failures.push(error);
        illUntil.set(server, performance.now() + ILL_FOR);
        onIll(server);
      }
    }
    // A server that is down is an outage; only when none is left but impostors is it more than that.
    const untrusted = failures.every((failure) => failure.untrusted);
    throw new DirectoryDown(
      untrusted ? 'untrusted' : 'unreachable',
      failures.map(({ message }) => message).join('; '),
      failures[0],
    );
  };
}
