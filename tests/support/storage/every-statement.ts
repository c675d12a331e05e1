import { createAuditLines } from '../../../adapters/db/audit-lines.ts';
import { createSealedAudit } from '../../../adapters/db/audit-seals.ts';
import type { Database } from '../../../adapters/db/database.ts';
import { purge } from '../../../adapters/db/purge.ts';
import { rewrap } from '../../../adapters/db/rewrap.ts';
import { structureSignIns } from '../../../adapters/db/structure-sign-ins.ts';
import { LIFECYCLE_STEPS, sweepLifecycles } from '../../../src/accounts/lifecycle.ts';
import { createCheckpointKey } from '../../../src/audit/checkpoint-key.ts';
import { retireMonths, sealLines } from '../../../src/audit/sealing.ts';
import { verifyAudit } from '../../../src/audit/verification.ts';
import type { Clock } from '../../../src/clock.ts';
import type { Vault } from '../../../src/protection/secrets.ts';
import { proveByCode } from '../accounts/account-pages.ts';
import { nationalId, presentCard } from '../cards/cards.ts';
import { Application } from '../clients/application.ts';
import { factorsJourney } from '../factors/whole-factors-journey.ts';
import { Browser } from '../http/browser.ts';
import { Wire } from '../http/wire.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND } from '../sign-in/journeys.ts';
import { wholeJourney } from '../sign-in/whole-journey.ts';
import type { Sent } from './plans.ts';

const DAY = 24 * 60 * 60 * 1000;
const AGENT = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
const PAGES = [
  ...['/compte', '/compte/coordonnees', '/compte/mot-de-passe', '/compte/moyens', '/compte/moyens/codes'],
  ...['/compte/appareils', '/compte/applications', '/compte/historique', '/compte/donnees', '/compte/fermeture', '/'],
];

/** Statements of ours, each once: what begins and ends a transaction is left out. */
export class Statements {
  readonly #sent = new Map<string, Sent>();

  listenTo(database: Database): void {
    database.on('query', ({ sql, bindings = [] }: { sql: string; bindings?: unknown[] }) => {
      if (/^\s*(?:select|insert|update|delete|with)\b/i.test(sql) && !this.#sent.has(sql))
        this.#sent.set(sql, { text: sql, values: bindings });
    });
  }

  get all(): Sent[] {
    return [...this.#sent.values()];
  }
}

/** All that people, applications, agents and workers ask of the database, on a sandbox with structures. */
export async function everyStatement(mire: RunningMire, statements = new Statements()): Promise<Statements> {
  const { database } = mire.sandbox.parts;
  statements.listenTo(database);
  const wire = new Wire();
  await wholeJourney(mire, async () => undefined);
  const byCard = new Browser(mire.issuer);
  await presentCard(
    mire,
    byCard,
    (await (await Application.discover(mire.issuer, 'ror')).start()).url,
    'cps-infirmiere',
  );
  await helpDesk(mire);
  await atHome(mire);
  await factorsJourney(mire, wire, async () => undefined);
  await work(mire);
  return statements;
}

/** By SMS: no mail is sent while a journey looks at a code that waits. */
async function signedIn(mire: RunningMire, person: typeof MDURAND): Promise<Browser> {
  const browser = new Browser(mire.issuer);
  await browser.get(`${mire.issuer}/compte/entrer?retour=/compte/coordonnees`);
  await proveByCode(mire, browser, person, 'sms');
  return browser;
}

async function atHome(mire: RunningMire): Promise<void> {
  const browser = await signedIn(mire, MDURAND);
  for (const path of PAGES) {
    const { status } = await browser.get(`${mire.issuer}${path}`);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
  }
  await browser.get(`${mire.issuer}/compte/appareils`);
  await browser.submit({}, '/fermer-les-autres');
}

async function helpDesk(mire: RunningMire): Promise<void> {
  const { storage } = mire.sandbox.parts;
  const idOf = async (login: string) => (await storage.accounts.byLoginKey(login))?.account.id ?? '';
  await storage.accounts.setRoles(await idOf(AGENT.login), ['helpdesk']);
  const browser = await signedIn(mire, AGENT);
  for (const wanted of ['Petit', 'Claire Petit', nationalId('cpetit'), 'cpetit@hopital.example', 'ABCD-EFGH']) {
    await browser.get(`${mire.issuer}/assistance`);
    await browser.submit({ wanted });
  }
  const record = `/assistance/compte/${await idOf('cpetit')}`;
  for (const action of ['end-sessions', 'revoke-codes', 'unlock', 'block']) {
    await browser.get(`${mire.issuer}${record}`);
    await browser.submit({ action }, await idOf('cpetit')).catch((error: Error) => {
      // What does not apply to this account has no button there.
      if (!error.message.startsWith('no form')) throw error;
    });
  }
  await browser.get(`${mire.issuer}/assistance`);
}

/** What the sealer asks of a database, with the bounds that it has there. */
export async function sealing(database: Database, vault: Vault, clock: Clock): Promise<void> {
  const key = createCheckpointKey(vault);
  await createSealedAudit(database).round(sealLines(key));
  // As it is a minute later, once what was sealed is old enough to be left alone.
  const sealed = createSealedAudit(database, () => Date.now() + 60_000);
  for (let i = 0; i < 2; i += 1) await sealed.round(sealLines(key));
  await sealed.oldestUnsealed();
  await retireMonths(sealed, key, clock(), 365);
}

/** What workers and commands do, in the background of it all. */
async function work({ sandbox: { parts }, clock }: RunningMire): Promise<void> {
  const { database, storage, settings, vault, log } = parts;
  await sealing(database, vault, clock.now);
  const audit = createAuditLines(database);
  await verifyAudit(audit, createCheckpointKey(vault));
  const yesterday = new Date(clock.now().getTime() - DAY);
  for await (const _ of audit.lines(yesterday, clock.now()));
  for await (const _ of structureSignIns(database, vault, 'hopital', yesterday));
  await purge(database, clock.now());
  await sweepLifecycles({ storage, clock: clock.now, settings, log }, { send: async () => undefined });
  const someone = (await storage.accounts.byLoginKey('cpetit'))?.account.id ?? '';
  const due = { before: yesterday, toldBefore: yesterday, now: clock.now() };
  for (const step of LIFECYCLE_STEPS.filter((one) => one !== 'erase'))
    await storage.lifecycles.take(step, someone, due);
  await rewrap(database, vault);
}
