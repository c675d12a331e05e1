import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createQueue } from '../../../adapters/queue/bullmq.ts';
import { type JobKind, LOGOUTS, PINGS } from '../../../src/delivery/jobs.ts';
import { LOOKED_FOR } from '../../../src/delivery/ports.ts';
import { queueSettings } from '../../../src/main/delivery.ts';
import { deliverLogout } from '../../../src/provider/logout-delivery.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { ListeningApplication } from '../../support/clients/listening-application.ts';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { PROMPT_QUEUE } from '../../support/pace.ts';

interface Line {
  readonly msg: string;
  readonly queue?: string;
  readonly clientId?: string;
  readonly reason?: string;
  readonly attempt?: number;
}

describe('a job about an application that the database does not know', () => {
  let mire: RunningMire;
  let application: ListeningApplication;
  beforeAll(async () => {
    application = await ListeningApplication.start();
    mire = await startMire({ added: { pace: { queue: PROMPT_QUEUE } } });
  });
  afterAll(async () => {
    await mire.close();
    await application.stop();
  });

  const send = async <Job extends object>(kind: JobKind<Job>, job: Job) => {
    const queue = createQueue(queueSettings(mire.sandbox.parts), kind);
    await queue.send(job);
    await queue.close();
  };
  const said = (clientId: string): Line[] =>
    mire.logs.map((line) => JSON.parse(line) as Line).filter((line) => line.clientId === clientId && line.queue);

  test.each([
    { queue: 'logouts', ask: (clientId: string) => send(LOGOUTS, { clientId, accountId: randomUUID(), sid: 'a' }) },
    { queue: 'pings', ask: (clientId: string) => send(PINGS, { clientId, requestId: randomUUID() }) },
  ])('ended without a word: $queue', async ({ queue, ask }) => {
    const clientId = `never-there-${queue}`;
    await ask(clientId);
    await until('the job to be given up', () => said(clientId).some(({ msg }) => msg === 'job given up'));
    const lines = said(clientId).map(({ msg, attempt, reason, queue: of }) => ({ msg, attempt, reason, queue: of }));
    const looked = Array.from({ length: LOOKED_FOR - 1 }, (_, i) => ({
      msg: 'job not done yet',
      attempt: i + 1,
      reason: 'not there yet',
      queue,
    }));
    expect(lines).toEqual([...looked, { msg: 'job given up', attempt: LOOKED_FOR, reason: 'gone', queue }]);
  });

  test('one that was only behind is told after all', async () => {
    const clientId = 'behind';
    const job = { clientId, accountId: randomUUID(), sid: 'b' };
    const tell = (attempt: number) => deliverLogout(mire.sandbox.http.holder.current(), job, attempt);
    await expect(tell(1)).rejects.toMatchObject({ message: 'not there yet', permanent: false });
    const metadata = {
      client_id: clientId,
      client_name: clientId,
      client_secret: 'a secret of somebody behind',
      redirect_uris: [CALLBACK],
      backchannel_logout_uri: application.uri,
      first_party: true,
    };
    await mire.sandbox.parts.storage.clients.insert(metadata, new Date(), undefined);
    expect(await tell(2)).toBe('told');
    expect(application.tokens).toHaveLength(1);
  });

  test('an application that does not wish to be told is nothing to speak of', async () => {
    await send(LOGOUTS, { clientId: 'ror', accountId: randomUUID(), sid: 'c' });
    const jobs = () => mire.database.database('bullmq.job').count();
    await until('the job to be done', async () => Number((await jobs())[0]?.count) === 0);
    expect(said('ror')).toEqual([]);
  });
});
