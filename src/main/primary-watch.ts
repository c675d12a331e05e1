import { Counter, type Registry } from 'prom-client';
import { watchPrimary } from '../../adapters/db/primary-watch.ts';
import { AFRESH, serversOf } from '../../adapters/db/servers.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

function counter(registry: Registry): Counter<'why'> {
  const moves = new Counter({
    name: 'mire_database_moves_total',
    help: 'Times that this process left all its connections to PostgreSQL, by reason (docs/scaling.md)',
    labelNames: ['why'],
    registers: [registry],
  });
  // An increase is seen only by who saw nothing before.
  for (const why of AFRESH) moves.inc({ why }, 0);
  return moves;
}

/**
 * Looks now and then which server is the primary, with a new connection: what stands in front may move new connections
 * and keep those that are there, on which a process that only reads would never learn that it reads what was.
 * @returns how to stop
 */
export function startPrimaryWatch(
  parts: Pick<Parts, 'databaseUrl' | 'log' | 'rounds' | 'registry'>,
): () => Promise<void> {
  const servers = serversOf(parts.databaseUrl);
  const moves = counter(parts.registry);
  const forget = servers.onAfresh((why, place) => {
    moves.inc({ why });
    parts.log.warn({ why, place }, 'the database has moved: every connection begins afresh');
  });
  const looks = { ...parts, round: 'database-watch', failed: 'the primary could not be asked who it is' } as const;
  const stop = startRounds(looks, () => watchPrimary(servers));
  return async () => {
    await stop();
    forget();
  };
}
