import { type RunningPglite, servePglite } from '../../../adapters/db/pglite.ts';
import { dataDirectory, openPglite } from './pglite-template.ts';
import type { PgliteAnswer, PgliteRequest } from './pglites.ts';

/**
 * The PGlites of one worker of tests, in a process of their own, in memory: a statement of PGlite blocks the process it
 * runs in. It ends with the worker.
 */
process.on('disconnect', () => process.exit(0));

const running = new Map<number, RunningPglite>();

async function answer({ id, wanted }: PgliteRequest): Promise<PgliteAnswer> {
  if (wanted === 'stop') {
    await running.get(id)?.stop();
    running.delete(id);
    return { id };
  }
  const started = await servePglite(await openPglite(await dataDirectory(wanted)));
  running.set(id, started);
  return { id, url: started.url };
}

process.on('message', (request: PgliteRequest) => {
  answer(request)
    .catch((error: unknown) => ({ id: request.id, error: String(error) }))
    .then((said) => process.send?.(said));
});
