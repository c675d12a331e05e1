import type { ReadLine } from '../../src/audit/chain.ts';
import type { CheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { BEGINNING, sealLines } from '../../src/audit/sealing.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { bytesOf, Copy } from './size-copy.ts';
import { ask } from './size-ground.ts';
import { accountId } from './size-people.ts';

/** Lines of one sign-in, in the order in which they are written. */
const STORY = [
  { event: 'sign-in.password-accepted', details: '{}' },
  { event: 'sign-in.succeeded', details: '{"amr": ["pwd"]}' },
  { event: 'session.ended', details: '{"by": "person", "sessions": 1}' },
] as const;
const LETTERS = '23456789BCDFGHJKLMNPQRSTVWXZ';
/** Lines sealed in one round of a second: a region's share of a day. */
const ROUND = 20;

/** Eight letters, as they are read out on the telephone. */
export const supportCodeOf = (story: number): string => {
  const b = bytesOf('support', story);
  const four = (from: number) => [0, 1, 2, 3].map((i) => LETTERS[(b[from + i] ?? 0) % LETTERS.length]).join('');
  return `${four(0)}-${four(4)}`;
};

/**
 * `count` lines over the year before `now`, each sealed by the service's own functions: the chain is the one that the
 * sealer would have made, a signature at the end of each of its rounds included.
 */
export async function seedAudit({ url, vault, key, now, accounts }: Seed, count: number): Promise<void> {
  const lines = new Copy(url, 'audit', [
    ...[
      'id',
      'at',
      'event',
      'account_id',
      'client_id',
      'mode',
      'acr',
      'support_code',
      'address_hash',
      'place',
      'details',
    ],
  ]);
  const seals = new Copy(url, 'audit_seals', [
    ...['position', 'line_id', 'line_at', 'line_hash', 'hash', 'signature', 'sealed_at'],
  ]);
  const addresses = Array.from({ length: 5000 }, (_, i) => vault.index(`10.${i >> 8}.${i & 255}.9`, 'address'));
  const seal = sealLines(key);
  const first = new Date(now.getTime() - 364 * 24 * 60 * 60 * 1000);
  const step = (now.getTime() - 3_600_000 - first.getTime()) / count;
  let end = BEGINNING;
  let round: ReadLine[] = [];

  for (let number = 1; number <= count; number += 1) {
    const story = Math.floor(number / STORY.length);
    const { event, details } = STORY[number % STORY.length] as (typeof STORY)[number];
    const b = bytesOf('story', story);
    const at = new Date(first.getTime() + number * step).toISOString().replace('Z', '000Z');
    const address = addresses[b.readUInt16BE(4) % addresses.length] as Buffer;
    const line: ReadLine = {
      id: String(number),
      at,
      event,
      accountId: accountId(b.readUInt32BE(0) % accounts),
      clientId: 'ror',
      mode: 'login-mdp',
      acr: event === 'sign-in.succeeded' ? 'eidas1' : null,
      supportCode: supportCodeOf(story),
      addressHash: address.toString('hex'),
      place: '10.0.0.0/16',
      details,
    };
    lines.add(
      ...[number, at, event, line.accountId, line.clientId, line.mode, line.acr, line.supportCode],
      ...[address, line.place, details],
    );
    round.push(line);
    if (round.length <= (b[6] ?? 0) % ROUND && number < count) continue;
    const made = seal(end, round);
    round = [];
    for (const { position, lineId, lineAt, lineHash, hash, signature } of made)
      seals.add(String(position), lineId, lineAt, lineHash, hash, signature ?? null, at);
    end = made.at(-1) ?? end;
    if (lines.rows % 2000 < ROUND) {
      await lines.flush();
      await seals.flush();
    }
  }
  await lines.end();
  await seals.end();
  await ask(url, 'update audit_sealer set position = $1, hash = $2', [end.position.toString(), end.hash]);
  await ask(url, `select setval('audit_line', $1)`, [count]);
}

export interface Seed {
  readonly url: string;
  readonly vault: Vault;
  readonly key: CheckpointKey;
  readonly now: Date;
  /** How many there are to speak of. */
  readonly accounts: number;
}
