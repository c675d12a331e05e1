import { readSettings } from '../../config/settings.ts';
import { createLog } from '../../src/log.ts';
import { openQueues } from '../../src/main/delivery.ts';
import { buildHttp, NOTHING_ADDED } from '../../src/main/http.ts';
import { openParts } from '../../src/main/parts.ts';
import { openSandboxCards, withCardDefaults } from '../../src/main/sandbox-cards.ts';
import { demoClients } from '../../src/sandbox/clients.ts';
import { machineClient } from './clients.ts';
import { answerMaster } from './target.ts';

/**
 * The web process as `mire serve` builds it, with the demonstration applications. BENCH_HASH=skip leaves out the password
 * hash and nothing else: this file is not in the image, and no setting reaches it.
 */
const given = readSettings(process.env, () => {
  throw new Error('the bench gives every secret');
});
// The cards of the sandbox, handed over as nginx would: the header is trusted, nobody reads a card.
const settings = given.MODES.includes('cps') ? withCardDefaults(given) : given;
const log = createLog(settings.LOG_LEVEL);
const built = await openParts({
  settings,
  log,
  databaseUrl: settings.DATABASE_URL ?? '',
  singleSession: false,
  work: 'request',
});
const parts =
  process.env.BENCH_HASH === 'skip'
    ? { ...built, passwords: { ...built.passwords, verify: async () => ({ ok: true, upgrade: false }) } }
    : built;
const delivery = openQueues(parts);
const cards = given.MODES.includes('cps') ? await openSandboxCards(settings, parts.clock, log) : undefined;
const http = await buildHttp(parts, delivery, {
  ...NOTHING_ADDED,
  ...(cards ? { cards } : {}),
  clients: [...demoClients(settings.ISSUER), machineClient],
});
await http.listen();
const reader = await cards?.start(parts);
// Asked at its own port: it may be the second process of one issuer.
for (;;) {
  const { status } = await fetch(`http://127.0.0.1:${settings.PORT}/readyz`);
  if (status === 200) break;
}
answerMaster({ issuer: settings.ISSUER, startedIn: performance.now() });
process.on('SIGTERM', async () => {
  await reader?.close();
  await http.close(1000);
  await delivery.close();
  await parts.close();
  process.exit(0);
});
