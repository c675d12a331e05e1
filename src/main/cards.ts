import { readFileSync } from 'node:fs';
import { createCrlStore } from '../../adapters/card/crl-store.ts';
import { decodeHeader } from '../../adapters/card/decode.ts';
import { createOcspAsker } from '../../adapters/card/ocsp.ts';
import { type CardDesk, createCardDesk } from '../cards/desk.ts';
import { createRevocation } from '../cards/revocation.ts';
import { loadTrust, type Trust } from '../cards/trust.ts';
import { createCardVerifier } from '../cards/verifier.ts';
import { ConfigError } from '../http/errors.ts';
import type { Parts } from './parts.ts';

/** The authorities of the settings. @throws {ConfigError} when a file is missing, empty, or holds what it must not. */
export function trustOfSettings({ settings }: Pick<Parts, 'settings'>): Trust | undefined {
  const { CARD_ANCHORS_FILE, CARD_INTERMEDIATES_FILE } = settings;
  if (CARD_ANCHORS_FILE === undefined) return undefined;
  const read = (name: string, file: string) => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      throw new ConfigError(`${name}: the file cannot be read`);
    }
  };
  return loadTrust(
    read('CARD_ANCHORS_FILE', CARD_ANCHORS_FILE),
    CARD_INTERMEDIATES_FILE === undefined ? '' : read('CARD_INTERMEDIATES_FILE', CARD_INTERMEDIATES_FILE),
  );
}

/** Where cards are read; undefined where no host and no authority is set for them. */
export function openCardDesk(parts: Parts, trust = trustOfSettings(parts)): CardDesk | undefined {
  const { settings, storage, database, clock, log } = parts;
  const format = settings.CARD_HEADER_FORMAT;
  if (settings.CPS_ORIGIN === undefined || format === undefined || !trust) return undefined;
  const address = settings.CARD_OCSP_URL;
  const revocation = createRevocation({
    crls: createCrlStore(database),
    clock,
    ...(address === undefined ? {} : { ocsp: createOcspAsker({ address, clock, log }) }),
  });
  return createCardDesk({
    storage,
    clock,
    log,
    decode: (header) => decodeHeader(format, header),
    verifier: createCardVerifier({
      trust,
      allowedTypes: settings.CARD_TYPES,
      revocation,
      degraded: settings.CARD_DEGRADED,
      clock,
    }),
  });
}
