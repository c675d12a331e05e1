import type { Client } from 'ldapts';
import { DirectoryDown } from '../../src/structures/directory.ts';
import type { LdapConnector } from '../../src/structures/ldap-connector.ts';
import { downBecause, isAnswer } from './answers.ts';
import { type Connection, connect, NotConnected } from './connection.ts';

/** Connections bound as Mire itself, kept for the next search. */
const IDLE_MOST = 4;

export interface Pool {
  /** A fresh connection to the first server that answers, bound to nobody. @throws {DirectoryDown} */
  open(): Promise<Connection>;
  /** Runs a search as Mire's own account there. @throws {DirectoryDown} */
  search<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): void;
}

export function createPool(connector: LdapConnector, secret: () => string | undefined): Pool {
  const idle: Connection[] = [];
  let preferred = 0;

  async function open(): Promise<Connection> {
    const { servers } = connector;
    const failures: NotConnected[] = [];
    for (let turn = 0; turn < servers.length; turn += 1) {
      const index = (preferred + turn) % servers.length;
      try {
        const connection = await connect(servers[index] ?? '', connector);
        preferred = index;
        return connection;
      } catch (error) {
        if (!(error instanceof NotConnected)) throw error;
        failures.push(error);
      }
    }
    // A server that is down is an outage; only when none is left but impostors is it more than that.
    const untrusted = failures.every((failure) => failure.untrusted);
    const said = failures.map(({ step, message }) => `${step}: ${message}`).join('; ');
    throw new DirectoryDown(untrusted ? 'untrusted' : 'unreachable', said);
  }

  async function openBound(): Promise<Connection> {
    const connection = await open();
    try {
      if (connector.bind_dn !== undefined) await connection.client.bind(connector.bind_dn, secret() ?? '');
      return connection;
    } catch (error) {
      connection.close();
      throw downBecause(error);
    }
  }

  async function run<T>(connection: Connection, work: (client: Client) => Promise<T>): Promise<T> {
    try {
      const result = await work(connection.client);
      if (connection.alive() && idle.length < IDLE_MOST) idle.push(connection);
      else connection.close();
      return result;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  return {
    open,
    async search(work) {
      for (let kept = idle.pop(); kept; kept = idle.pop()) {
        if (!kept.alive()) continue;
        try {
          return await run(kept, work);
        } catch (error) {
          // The server let an idle connection go: that says nothing about the server.
          if (isAnswer(error) || error instanceof DirectoryDown) throw downBecause(error);
        }
      }
      try {
        return await run(await openBound(), work);
      } catch (error) {
        throw downBecause(error);
      }
    },
    close() {
      for (const connection of idle.splice(0)) connection.close();
    },
  };
}
