import type { Channel } from '../../src/accounts/account.ts';
import type { Challenge, Challenges, Purpose } from '../../src/challenges/challenge.ts';
import { isReason } from '../../src/delivery/answers.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface ChallengeRow {
  readonly id: string;
  readonly account_id: string | null;
  readonly purpose: Purpose;
  readonly decoy: boolean;
  readonly channel: Channel;
  readonly destination: Buffer;
  readonly locale: string;
  readonly counter: number;
  readonly handed_over: number;
  readonly attempts: number;
  readonly sent_at: Date | null;
  readonly expires_at: Date | null;
  readonly consumed_at: Date | null;
  readonly trouble: string | null;
  readonly returned: number;
  readonly application: string | null;
  readonly user_agent: string | null;
  readonly place: string | null;
  readonly zone: string | null;
  readonly proofs_since: Date | null;
}

const contextOf = (id: string, column: 'destination' | 'seed') => `challenge:${id}:${column}`;

const troubleOf = ({ trouble, handed_over, returned, counter }: ChallengeRow) =>
  trouble !== null && isReason(trouble) && (handed_over < counter || returned === counter) ? trouble : undefined;

const toChallenge = (row: ChallengeRow, vault: Vault): Challenge => ({
  id: row.id,
  accountId: row.account_id ?? undefined,
  purpose: row.purpose,
  decoy: row.decoy,
  channel: row.channel,
  destination: vault.open(row.destination, contextOf(row.id, 'destination')).toString(),
  locale: row.locale,
  counter: row.counter,
  handedOver: row.handed_over,
  attempts: row.attempts,
  sentAt: row.sent_at ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  consumedAt: row.consumed_at ?? undefined,
  trouble: troubleOf(row),
  proofsSince: row.proofs_since ?? undefined,
  asked:
    row.zone === null
      ? undefined
      : {
          application: row.application ?? undefined,
          userAgent: row.user_agent ?? undefined,
          place: row.place ?? undefined,
          zone: row.zone,
        },
});

export function createChallenges(database: Queryable, vault: Vault): Challenges {
  const openSeed = (id: string, sealed: Buffer) => vault.open(sealed, contextOf(id, 'seed')).toString();
  return {
    async insert({
      id,
      accountId,
      purpose = 'sign-in',
      decoy = false,
      channel,
      destination,
      locale,
      flow,
      seed,
      asked,
    }) {
      await query(
        database,
        `insert into challenges (id, account_id, purpose, decoy, flow_hash, channel, destination, locale, seed,
           application, user_agent, place, zone)
         values (:id, :accountId, :purpose, :decoy, :flow, :channel, :destination, :locale, :seed,
           :application, :userAgent, :place, :zone)`,
        {
          id,
          accountId,
          purpose,
          decoy,
          flow: hashId(flow),
          channel,
          destination: vault.seal(destination, contextOf(id, 'destination')),
          locale,
          seed: vault.seal(seed, contextOf(id, 'seed')),
          application: asked?.application,
          userAgent: asked?.userAgent,
          place: asked?.place,
          zone: asked?.zone,
        },
      );
    },

    async byId(id) {
      const row = await first<ChallengeRow>(
        database,
        `select c.id, c.account_id, c.purpose, c.decoy, c.channel, c.destination, c.locale, c.counter, c.handed_over,
           c.attempts, c.sent_at, c.expires_at, c.consumed_at, c.trouble, c.returned,
           c.application, c.user_agent, c.place, c.zone,
           case when a.status = 'active' then a.proofs_since end as proofs_since
         from challenges c left join accounts a on a.id = c.account_id where c.id = :id`,
        { id },
      );
      return row && toChallenge(row, vault);
    },

    async sendsOfFlow(flow) {
      const row = await first<{ sends: number }>(
        database,
        'select cast(coalesce(sum(counter), 0) as integer) as sends from challenges where flow_hash = :flow',
        { flow: hashId(flow) },
      );
      return row?.sends ?? 0;
    },

    async nextCode(id, sentAt, expiresAt, notSince) {
      const row = await first<{ counter: number }>(
        database,
        `update challenges set counter = counter + 1, attempts = 0, trouble = null, sent_at = :sentAt, expires_at = :expiresAt
         where id = :id and consumed_at is null and (sent_at is null or sent_at <= :notSince)
         returning counter`,
        { id, sentAt, expiresAt, notSince },
      );
      return row?.counter;
    },

    async takeTry(id, tries, now) {
      const row = await first<{ seed: Buffer; counter: number }>(
        database,
        `update challenges set attempts = attempts + 1
         where id = :id and attempts < :tries and consumed_at is null and expires_at > :now
         returning seed, counter`,
        { id, tries, now },
      );
      return row && { seed: openSeed(id, row.seed), counter: row.counter };
    },

    consume: (id, counter, now) =>
      changed(
        database,
        'update challenges set consumed_at = :now where id = :id and counter = :counter and consumed_at is null',
        { id, counter, now },
      ),

    async seedOf(id) {
      const row = await first<{ seed: Buffer }>(database, 'select seed from challenges where id = :id', { id });
      return row && openSeed(id, row.seed);
    },

    async markHandedOver(id, counter) {
      // A slow provider may answer for an older code after the newer one.
      await query(
        database,
        'update challenges set handed_over = greatest(handed_over, cast(:counter as integer)) where id = :id',
        { id, counter },
      );
    },

    async markReturned(id, counter, reason) {
      // What came before a provider took it is no longer of interest either.
      await query(
        database,
        `update challenges set trouble = cast(:reason as text),
           returned = case when cast(:reason as text) is null then 0 else cast(:counter as integer) end
         where id = :id and counter = :counter and consumed_at is null`,
        { id, counter, reason },
      );
    },

    async markTrouble(id, counter, reason) {
      await query(
        database,
        'update challenges set trouble = :reason where id = :id and counter = :counter and handed_over < :counter',
        { id, counter, reason },
      );
    },
  };
}
