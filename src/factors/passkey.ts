/** A passkey as its owner and the verifier know it. */
export interface Passkey {
  readonly id: string;
  readonly accountId: string;
  /** As the browser names it, in base64url. */
  readonly credentialId: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly aaguid: string;
  /** Kept by a provider that copies it to the person's other devices. */
  readonly synced: boolean;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
  readonly suspendedAt: Date | undefined;
}

/** The queries of passkeys; implemented on PostgreSQL in adapters/db/passkeys.ts. Removed ones are nobody's. */
export interface Passkeys {
  of(accountId: string): Promise<Passkey[]>;
  byCredential(credentialId: string): Promise<Passkey | undefined>;
  /** @returns false when the credential is known already */
  insert(
    passkey: Omit<Passkey, 'lastUsedAt' | 'suspendedAt'> & {
      attestationFormat: string;
      attestation: Uint8Array;
    },
  ): Promise<boolean>;
  /** Compare-and-set: the counter only goes up, unless the authenticator has none. */
  used(id: string, counter: number, at: Date): Promise<boolean>;
  rename(accountId: string, id: string, name: string): Promise<boolean>;
  suspend(id: string, at: Date): Promise<boolean>;
  /** @returns its name, or undefined when it is not theirs, or is removed already */
  remove(accountId: string, id: string, at: Date): Promise<string | undefined>;
  /** @param madeBefore leaves one that is younger */
  restore(accountId: string, id: string, madeBefore?: Date): Promise<boolean>;
  /** What an authenticator is asked to sign in one context, an interaction or a session that adds a key: the last one counts. */
  challenge(context: string, challenge: string, expiresAt: Date): Promise<void>;
  /** True once. */
  redeem(context: string, challenge: string, now: Date): Promise<boolean>;
}
