import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { MODE_IDS } from '../../config/modes.ts';
import { IDENTITY_ROADS } from './account.ts';
import { said } from './facts.ts';

/** What the account said of its person, and by which sources, before an identity came or went. */
const before = {
  profile: z.object({
    familyName: z.string(),
    givenName: z.string(),
    title: z.string().optional(),
    profession: z.string().optional(),
    specialty: z.string().optional(),
  }),
  facts: z.array(z.object({ source: z.string(), statedAt: z.coerce.date(), said })),
};
const identity = { source: z.string(), externalId: z.string() };

/** What a change of an account replaced: enough to put it back. */
export const replaced = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mail'), value: z.string().optional(), verified: z.boolean() }),
  z.object({ kind: z.literal('sms'), value: z.string().optional(), verified: z.boolean() }),
  z.object({
    kind: z.literal('password'),
    hash: z.string().optional(),
    /** What that password rested on: see src/assurance/mailbox.ts. */
    mailResetAt: z.iso.datetime().optional(),
  }),
  z.object({ kind: z.literal('passkey-added'), id: z.uuid() }),
  z.object({ kind: z.literal('passkey-removed'), id: z.uuid() }),
  z.object({ kind: z.literal('authenticator-added'), id: z.uuid() }),
  z.object({ kind: z.literal('authenticator-removed'), id: z.uuid() }),
  z.object({ kind: z.literal('recovery-codes') }),
  z.object({ kind: z.literal('identity-linked'), ...identity, ...before }),
  z.object({
    kind: z.literal('identity-removed'),
    ...identity,
    road: z.enum(IDENTITY_ROADS),
    aliases: z.array(z.string()),
    ...before,
  }),
  z.object({ kind: z.literal('door-opened'), mode: z.enum(MODE_IDS), closedAt: z.coerce.date() }),
  z.object({ kind: z.literal('closing') }),
]);
export type Replaced = z.infer<typeof replaced>;
export type UndoKind = Replaced['kind'];

/** What it is about: of two with the same words, the older one has the last word. */
export function thingOf(before: Replaced): string {
  switch (before.kind) {
    case 'passkey-added':
    case 'passkey-removed':
    case 'authenticator-added':
      return `${before.kind} ${before.id}`;
    case 'identity-linked':
    case 'identity-removed':
      return `${before.kind} ${before.source} ${before.externalId}`;
    case 'door-opened':
      return `${before.kind} ${before.mode}`;
    default:
      return before.kind;
  }
}

export interface Undo {
  readonly id: string;
  readonly accountId: string;
  readonly before: Replaced;
  readonly createdAt: Date;
}

/** The queries of undoing; implemented on PostgreSQL in adapters/db/undos.ts. Codes come in clear and stand hashed. */
export interface Undos {
  insert(undo: {
    accountId: string;
    code: string;
    before: Replaced;
    at: Date;
    expiresAt: Date;
    /** The mailbox that its code goes to. */
    sentTo?: string | undefined;
    /** When the change was made that this one undid. */
    undoes?: Date | undefined;
  }): Promise<void>;
  find(code: string, now: Date): Promise<Undo | undefined>;
  /**
   * Uses it up, with every later one of the same thing; one of the mail also ends the later codes that went elsewhere than
   * to the mailbox put back. Whoever holds the oldest address has the last word.
   * @returns false when somebody used it first
   */
  use(undo: Undo, now: Date): Promise<boolean>;
  /**
   * The journal: what was replaced since and not taken back yet, the oldest first, long after the codes are over (see
   * `CARE.journal`). What was done and undone since is no change.
   */
  since(accountId: string, since: Date): Promise<Undo[]>;
  /**
   * Everything since is used up. The codes of earlier changes are over too, but for those that went to the owner's mailbox:
   * whoever opens the newest message first may still take back what was done before.
   */
  useSince(accountId: string, since: Date, now: Date, ownersMail: string | undefined): Promise<void>;
}

/** Without 0, 1, I, L, O, U: copied from a mail by hand, nothing is mistaken. 98 bits. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const group = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
export const newUndoCode = (): string => Array.from({ length: 4 }, group).join('-');

/** As people type it. */
export const readUndoCode = (typed: string): string => typed.toUpperCase().replace(/[^0-9A-Z]/g, '');
