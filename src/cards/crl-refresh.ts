import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { doubling, type JobKind } from '../delivery/jobs.ts';
import type { Log } from '../log.ts';
import { acceptCrl } from './crl.ts';
import type { CrlStore } from './revocation.ts';
import type { Trust } from './trust.ts';

export interface CrlRefresh {
  /** From the settings only. An address read in a certificate would let its maker choose whom we call. */
  readonly addresses: readonly string[];
  readonly download: (address: string) => Promise<Uint8Array>;
  readonly trust: Trust;
  readonly crls: CrlStore;
  readonly clock: Clock;
  readonly log: Log;
}

export const crlJob = z.object({ address: z.url() });
export type CrlJob = z.infer<typeof crlJob>;

/** One address a job: a list that cannot be had keeps no other waiting. */
export const CRLS: JobKind<CrlJob> = {
  name: 'crls',
  schema: crlJob,
  id: ({ address }) => createHash('sha256').update(address).digest('hex'),
  // About half an hour; the next round then asks again.
  pauses: doubling(10),
  logged: ({ address }) => ({ address }),
};

/** Fetches, checks and keeps one list. @throws when it cannot be had or believed: the one we hold stays. */
export async function refreshCrl(parts: CrlRefresh, address: string): Promise<void> {
  // A queue may hold a job from before a setting changed.
  if (!parts.addresses.includes(address)) return;
  const now = parts.clock();
  const { crl, replaced } = await acceptCrl(await parts.download(address), { ...parts, now });
  const { issuer, thisUpdate, nextUpdate, serials } = crl;
  const found = { address, issuer, thisUpdate, nextUpdate, revoked: serials.length };
  if (nextUpdate < now) parts.log.warn(found, 'this revocation list is past its date');
  else parts.log.info(found, replaced ? 'revocation list replaced' : 'revocation list already known');
}

/** Every address once. What fails is logged and leaves the list that is held; nothing is thrown. */
export async function refreshCrls(parts: CrlRefresh): Promise<{ readonly failed: readonly string[] }> {
  const failed: string[] = [];
  for (const address of parts.addresses) {
    try {
      await refreshCrl(parts, address);
    } catch (err) {
      failed.push(address);
      parts.log.error({ address, err }, 'revocation list not refreshed');
    }
  }
  return { failed };
}
