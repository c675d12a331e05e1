import { setTimeout as wait } from 'node:timers/promises';
import type { Place } from '../../config/database-url.ts';
import { Connection, connectAlone } from './connection.ts';
import type { Servers } from './servers.ts';

/** Milliseconds for each server. */
const WITHIN = 2000;

/** It says goodbye, and is not waited for where nobody answers. */
const leave = (connection: Connection): Promise<unknown> =>
  Promise.race([connection.end(), wait(WITHIN, undefined, { ref: false })]);

/**
 * Connects once, as anybody would, and to the other servers that are named: the first of two that both believe to be
 * the primary may be the one of the past. What it learns, all connections of the process do.
 */
export async function watchPrimary(servers: Servers): Promise<void> {
  const settings = { servers, application_name: 'mire-watch', connectionTimeoutMillis: WITHIN, kept: true };
  const current = await connectAlone(settings);
  await leave(current);
  const [, ...others] = servers.places;
  await Promise.all(others.map((place) => lookAt(servers, place)));
}

async function lookAt(servers: Servers, place: Place): Promise<void> {
  const connection = new Connection({
    servers,
    place,
    application_name: 'mire-watch',
    connectionTimeoutMillis: WITHIN,
    kept: true,
    looksOnly: true,
  });
  try {
    await connection.connect();
  } catch {
    // A standby, or nobody: as it should be.
    return;
  }
  await leave(connection);
  const { identity: known } = servers;
  const { identity } = connection;
  if (!known || !identity || identity.system !== known.system || identity.timeline <= known.timeline) return;
  servers.prefer(place);
  servers.met(place, identity);
}
