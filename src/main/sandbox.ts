import { type DatabaseOptions, openDatabase } from '../../adapters/db/database.ts';
import { migrate } from '../../adapters/db/migrate.ts';
import { startPglite } from '../../adapters/db/pglite.ts';
import { DEMO_APPLICATIONS } from '../../config/sandbox-applications.ts';
import type { Settings } from '../../config/settings.ts';
import { createSimulatedDesktop } from '../../interactions/sandbox/desktop.ts';
import { desktopTexts } from '../../interactions/sandbox/desktop-texts.ts';
import { pscTexts } from '../../interactions/sandbox/psc-texts.ts';
import { createSandbox } from '../../interactions/sandbox/routes.ts';
import { texts } from '../../interactions/sandbox/texts.ts';
import type { Clock } from '../clock.ts';
import type { Notifier } from '../delivery/notifier.ts';
import type { Log } from '../log.ts';
import type { Logout } from '../provider/logout.ts';
import { createBedsApi } from '../sandbox/beds-api.ts';
import { demoClients } from '../sandbox/clients.ts';
import { createInbox, type Inbox } from '../sandbox/inbox.ts';
import { PERSONAS, seedPersonas } from '../sandbox/personas.ts';
import { PSC_FAULTS } from '../sandbox/psc/faults.ts';
import { PSC_PEOPLE } from '../sandbox/psc/people.ts';
import type { SimulatedPsc } from '../sandbox/psc/server.ts';
import { RelyingParty } from '../sandbox/relying-party.ts';
import { sampleMails, sampleSms } from '../sandbox/sample-messages.ts';
import { SimulatedDesktops } from '../sandbox/simulated-desktop.ts';
import { startClientWarnings } from './client-warnings.ts';
import { openQueues } from './delivery.ts';
import { type Additions, buildHttp, type Http, mounted } from './http.ts';
import { startKeyTurning } from './key-turning.ts';
import { messageSender } from './mail.ts';
import { startNoticeSweep } from './notices.ts';
import { openParts, type Parts } from './parts.ts';
import { startPurge } from './purging.ts';
import { newRegistrationToken } from './registration-token.ts';
import { openSandboxCards, type SandboxCards, withCardDefaults } from './sandbox-cards.ts';
import { openSandboxPsc } from './sandbox-psc.ts';
import { SANDBOX_STRUCTURES, startSandboxStructures } from './sandbox-structures.ts';
import { startSealing } from './sealing.ts';
import { startWorkers } from './workers.ts';

export interface Sandbox {
  readonly parts: Parts;
  readonly http: Http;
  readonly inbox: Inbox;
  readonly logout: Logout;
  readonly notifier: Notifier;
  readonly cards: SandboxCards;
  /** None when the settings name a real one. */
  readonly psc: SimulatedPsc | undefined;
  /** With what the sandbox made up. */
  readonly settings: Settings;
  close(): Promise<void>;
}

/** Seconds an initial access token of the sandbox lives. */
const TOKEN_LIFE = 24 * 60 * 60;

/** What the sandbox adds to the service: its applications, its people, its inbox. */
export function sandboxAdditions(settings: Settings, inbox: Inbox, parts: Parts, simulated?: SimulatedPsc): Additions {
  const issuer = settings.ISSUER;
  const applications = DEMO_APPLICATIONS.map((app) => new RelyingParty(app, issuer));
  return {
    clients: demoClients(issuer),
    applications: DEMO_APPLICATIONS.map(({ id, name, description }) => ({
      name,
      description,
      href: `${issuer}/sandbox/apps/${id}`,
    })),
    texts: [texts, desktopTexts, pscTexts],
    routes: ({ pages, holder }) => {
      const registrationToken = () => newRegistrationToken(holder.current(), parts, { seconds: TOKEN_LIFE });
      const psc = simulated && { simulated, people: PSC_PEOPLE, faults: PSC_FAULTS };
      return [
        createBedsApi(issuer),
        ...mounted(
          createSimulatedDesktop({ issuer, zone: settings.TIME_ZONE, pages, desktops: new SimulatedDesktops(issuer) }),
        ),
        ...mounted(
          createSandbox({
            issuer,
            zone: settings.TIME_ZONE,
            pages,
            inbox,
            letters: {
              mails: (locale) => sampleMails(locale, messageSender(settings)),
              sms: (locale) => sampleSms(locale, messageSender(settings)),
            },
            personas: PERSONAS,
            applications,
            registrationToken,
            psc,
            structures: SANDBOX_STRUCTURES,
          }),
        ),
      ];
    },
  };
}

export interface SandboxOptions {
  readonly clock?: Clock;
  readonly added?: Partial<Additions>;
  /** Beside the pages of the sandbox. */
  readonly more?: Additions['routes'];
  /** DATABASE_URL leads to a PGlite of somebody else's process. */
  readonly singleSession?: boolean;
  /** False: no simulated hospital. */
  readonly structures?: boolean;
  /** False: no revocation list for the test cards, so that none is believed, and no TLS front. */
  readonly cards?: boolean;
  /** False: nothing is done now and then (purge, sealing, turning of keys, warnings). */
  readonly jobs?: boolean;
  /** The database is known to be up to date. */
  readonly migrated?: boolean;
}

/** On a pool of its own, where no statement is cut short. */
async function migrateFirst(options: DatabaseOptions): Promise<void> {
  const database = openDatabase(options);
  try {
    await migrate(database, options.url, options.singleSession);
  } finally {
    await database.destroy();
  }
}

/** What a worker does now and then. @returns how to stop each */
const startJobs = (parts: Parts, notifier: Notifier): (() => Promise<void>)[] => [
  startPurge(parts),
  startNoticeSweep(parts, notifier),
  startClientWarnings(parts, notifier),
  startKeyTurning(parts),
  startSealing(parts),
];

/** Everything in one process: the service, its worker, and a simulation of whatever stands outside. */
export async function startSandbox(given: Settings, log: Log, options: SandboxOptions = {}): Promise<Sandbox> {
  const { settings, psc } = await openSandboxPsc(withCardDefaults(given), log);
  const clock = options.clock ?? (() => new Date());
  const pglite = settings.DATABASE_URL ? undefined : await startPglite(settings.DATA_DIR);
  const databaseUrl = settings.DATABASE_URL ?? pglite?.url ?? '';
  const singleSession = options.singleSession ?? pglite !== undefined;
  if (!options.migrated) await migrateFirst({ url: databaseUrl, pool: 1, singleSession, work: 'migration', log });
  const parts = await openParts({
    settings,
    log,
    clock,
    databaseUrl,
    singleSession,
    work: 'request',
    pace: options.added?.pace,
  });
  await seedPersonas(parts.storage, parts.passwords, { issuer: settings.ISSUER, termsVersion: settings.TERMS_VERSION });

  const inbox = createInbox(clock);
  const cards = await openSandboxCards(settings, clock, log);
  const delivery = openQueues(parts);
  const additions: Additions = { ...sandboxAdditions(settings, inbox, parts, psc), cards, ...options.added };
  const http = await buildHttp(parts, delivery, {
    ...additions,
    routes: (built) => [...(options.more?.(built) ?? []), ...additions.routes(built)],
  });
  const worker = startWorkers(parts, { metrics: delivery.metrics, provider: http.holder.current, inbox });
  await http.listen();
  const reader = options.cards === false ? undefined : await cards.start(parts);
  const structures = options.structures === false ? undefined : await startSandboxStructures(parts, log);
  const stopJobs = options.jobs === false ? [] : startJobs(parts, delivery.notifier);
  return {
    parts,
    http,
    inbox,
    logout: delivery.logout,
    notifier: delivery.notifier,
    cards,
    psc,
    settings,
    async close() {
      const grace = settings.SHUTDOWN_GRACE * 1000;
      await reader?.close();
      await psc?.close();
      await structures?.close();
      await http.close(grace);
      await worker.close(grace);
      for (const stop of stopJobs) await stop();
      await delivery.close();
      await parts.close();
      await pglite?.stop();
    },
  };
}
