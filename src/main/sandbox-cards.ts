import { X509Certificate } from 'node:crypto';
import { createCrlStore } from '../../adapters/card/crl-store.ts';
import type { Settings } from '../../config/settings.ts';
import type { SimulatedReader } from '../../interactions/card/reader.ts';
import { acceptCrl } from '../cards/crl.ts';
import { loadTrust, type Trust } from '../cards/trust.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { randomToken } from '../protection/secrets.ts';
import { startCardFront } from '../sandbox/card-front.ts';
import { type CardPki, openCardPki } from '../sandbox/card-pki.ts';
import type { TlsFront } from '../sandbox/tls-front.ts';
import { trustOfSettings } from './cards.ts';
import type { Parts } from './parts.ts';

/** Well before the lists of the sandbox end. */
const CRL_EVERY = 24 * 60 * 60 * 1000;
const LOOPBACK = ['127.0.0.1', '::1'];

export interface SandboxCards {
  readonly pki: CardPki;
  readonly trust: Trust;
  readonly simulated: SimulatedReader;
  /** Addresses from which a card's header counts: a proxy on this machine may be tried, with the secret. */
  readonly proxies: readonly string[];
  /** Once there is a database and a server. */
  start(parts: Parts): Promise<{ close(): Promise<void> }>;
}

/** What production is told, the sandbox makes up. */
export const withCardDefaults = (settings: Settings): Settings => ({
  ...settings,
  CARD_HEADER_FORMAT: settings.CARD_HEADER_FORMAT ?? 'nginx',
  CARD_PROXY_SECRET: settings.CARD_PROXY_SECRET ?? randomToken(),
});

/** It writes as nginx does, and no other way. */
const hasFront = ({ CARD_TLS_PORT, CARD_HEADER_FORMAT }: Settings) =>
  CARD_TLS_PORT !== 0 && CARD_HEADER_FORMAT === 'nginx';

/** Test cards and their authorities, the simulated reader, and a TLS front that reads a browser's certificate. */
export async function openSandboxCards(settings: Settings, clock: Clock, log: Log): Promise<SandboxCards> {
  const pki = await openCardPki(settings.DATA_DIR, clock);
  const own = trustOfSettings({ settings });
  return {
    pki,
    trust: own ?? loadTrust(pki.anchors, pki.intermediates),
    simulated: {
      cards: pki.cards.map(({ id, label }) => ({ id, label })),
      certificate(id) {
        const card = pki.cards.find((one) => one.id === id);
        return card && new X509Certificate(card.certificatePem).raw;
      },
      tlsOrigin: hasFront(settings) ? `https://localhost:${settings.CARD_TLS_PORT}` : undefined,
    },
    proxies: [...settings.TRUSTED_PROXIES, ...LOOPBACK],
    async start({ database }) {
      const publish = async () => {
        const trust = loadTrust(pki.anchors, pki.intermediates);
        for (const der of await pki.crls())
          await acceptCrl(der, { trust, crls: createCrlStore(database), now: clock() });
      };
      // Authorities of the settings have lists of their own.
      if (!own) await publish();
      const timer = own
        ? undefined
        : setInterval(() => {
            publish().catch((err: unknown) =>
              log.error({ err }, 'the revocation lists of the sandbox were not renewed'),
            );
          }, CRL_EVERY);
      const front = await openFront(settings, pki, log);
      return {
        async close() {
          clearInterval(timer);
          await front?.close();
        },
      };
    },
  };
}

/** Everything else works without it: a port that somebody has is no reason not to start. */
async function openFront(settings: Settings, pki: CardPki, log: Log): Promise<TlsFront | undefined> {
  if (!hasFront(settings)) return undefined;
  try {
    return await startCardFront(settings, pki);
  } catch (err) {
    log.warn(
      { err, port: settings.CARD_TLS_PORT },
      'no TLS front for cards: set CARD_TLS_PORT to another port, or to 0',
    );
    return undefined;
  }
}
