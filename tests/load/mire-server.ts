import { readSettings } from '../../config/settings.ts';
import { createLog } from '../../src/log.ts';
import { openQueues } from '../../src/main/delivery.ts';
import { buildHttp, NOTHING_ADDED } from '../../src/main/http.ts';
import { openParts } from '../../src/main/parts.ts';
import { demoClients } from '../../src/sandbox/clients.ts';
import { machineClient } from './clients.ts';
import { answerMaster } from './target.ts';

/**
 * The web process as `mire serve` builds it, with the demonstration applications. BENCH_HASH=skip leaves out the password
 * hash and nothing else: this file is not in the image, and no setting reaches it.
 */
const settings = readSettings(process.env, () => {
  throw new Error('the bench gives every secret');
});
const log = createLog(settings.LOG_LEVEL);
const built = await openParts({
  settings,
  log,
  databaseUrl: settings.DATABASE_URL ?? '',
  singleSession: false,
  hasty: true,
});
const parts =
  process.env.BENCH_HASH === 'skip'
    ? { ...built, passwords: { ...built.passwords, verify: async () => ({ ok: true, upgrade: false }) } }
    : built;
const delivery = openQueues(parts);
const http = await buildHttp(parts, delivery, {
  ...NOTHING_ADDED,
  clients: [...demoClients(settings.ISSUER), machineClient],
});
await http.listen();
for (;;) {
  const { status } = await fetch(`${settings.ISSUER}/readyz`);
  if (status === 200) break;
}
answerMaster({ issuer: settings.ISSUER, startedIn: performance.now() });
process.on('SIGTERM', async () => {
  await http.close(1000);
  await delivery.close();
  await parts.close();
  process.exit(0);
});
