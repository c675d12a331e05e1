import type { Client } from 'ldapts';
import { type Deadline, DirectoryDown, type ServiceSecret } from '../../src/structures/directory.ts';
import { isDomain, type LdapConnector } from '../../src/structures/ldap-connector.ts';
import type { Answer } from '../../src/structures/reading.ts';
import { downBecause, isAnswer, meaningOf, saidBy } from './answers.ts';
import { serviceRefusal } from './bind-account.ts';
import { type Connection, connect, NotConnected } from './connection.ts';
import { MUST_CHANGE, PasswordPolicyControl } from './password-policy.ts';
import type { ServerList } from './server-list.ts';
import { ask, createServers, illBecause, remaining, ServerIll } from './servers.ts';

/** Connections bound as Mire itself, kept for the next search. */
const IDLE_MOST = 4;

/** The directory takes the password, and nothing else but another one. */
const MUST = { password: 'right', refusal: 'must-change' } as const;

export interface Pool {
  /** What a person's password is answered. @throws {DirectoryDown} */
  bind(dn: string, password: string, by: Deadline): Promise<Answer>;
  /** Runs a search as Mire's own account there. @throws {DirectoryDown} */
  search<T>(work: (client: Client) => Promise<T>, by: Deadline): Promise<T>;
  close(): void;
}

export function createPool(connector: LdapConnector, secret: ServiceSecret, list: ServerList): Pool {
  const idle: Connection[] = [];
  const each = createServers(list, (server) => drop((one) => one.server === server));

  function drop(which: (connection: Connection) => boolean): void {
    for (const connection of idle.filter(which)) {
      idle.splice(idle.indexOf(connection), 1);
      connection.close();
    }
  }

  /** The oldest goes: it may be of a server that records name no more. */
  function keep(connection: Connection): void {
    idle.push(connection);
    if (idle.length > IDLE_MOST) idle.shift()?.close();
  }

  async function open(server: string, by: Deadline): Promise<Connection> {
    try {
      return await connect(server, connector, remaining(by));
    } catch (error) {
      throw error instanceof NotConnected ? illBecause(error) : error;
    }
  }

  async function openBound(server: string, by: Deadline): Promise<Connection> {
    const { bind_dn } = connector;
    if (bind_dn === undefined) return open(server, by);
    if (await secret.refused())
      throw new DirectoryDown(
        'misconfigured',
        'the service account was refused with this secret: it is not sent again',
      );
    const connection = await open(server, by);
    try {
      await ask(by, () => connection.client.bind(bind_dn, secret.read() ?? ''));
      // A secret of a file may have been replaced since another one was refused.
      await secret.accept();
      return connection;
    } catch (error) {
      connection.close();
      if (!isAnswer(error)) throw error;
      const meaning = meaningOf(error);
      if (meaning !== 'ill' && meaning.password === 'wrong') await secret.refuse(saidBy(error));
      throw new DirectoryDown('misconfigured', `the service account: ${serviceRefusal(meaning, saidBy(error))}`, error);
    }
  }

  async function run<T>(connection: Connection, by: Deadline, work: (client: Client) => Promise<T>): Promise<T> {
    try {
      const result = await ask(by, () => work(connection.client));
      if (connection.alive()) keep(connection);
      else connection.close();
      return result;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** On a connection that was kept, while there is one; a server that let it go is asked anew. */
  async function searchAt<T>(server: string, by: Deadline, work: (client: Client) => Promise<T>): Promise<T> {
    const kept = idle.findLast((one) => one.server === server);
    if (!kept) return run(await openBound(server, by), by, work);
    idle.splice(idle.indexOf(kept), 1);
    if (!kept.alive()) return searchAt(server, by, work);
    try {
      return await run(kept, performance.now() + remaining(by) / 2, work);
    } catch (error) {
      if (!(error instanceof ServerIll)) throw error;
      // A firewall forgets connections, all of them: none of these is tried in vain.
      drop((one) => one.server === server);
      return run(await openBound(server, by), by, work);
    }
  }

  return {
    async search(work, by) {
      try {
        return await each(by, (server, until) => searchAt(server, until, work));
      } catch (error) {
        throw downBecause(error);
      }
    },

    async bind(dn, password, by) {
      let sent = 0;
      return each(by, async (server, until) => {
        const connection = await open(server, until);
        // A domain says it in words of its own.
        const policy = isDomain(connector) ? undefined : new PasswordPolicyControl();
        try {
          sent += 1;
          await ask(until, () => connection.client.bind(dn, password, policy));
          return policy?.error === MUST_CHANGE ? { ...MUST, sent } : { password: 'right', sent };
        } catch (error) {
          if (!isAnswer(error)) throw error;
          const meaning = meaningOf(error, policy?.error);
          if (meaning === 'ill') throw new ServerIll(saidBy(error), false, error);
          return { ...meaning, sent };
        } finally {
          connection.close();
        }
      });
    },

    close: () => drop(() => true),
  };
}
