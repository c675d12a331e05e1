/** What a person allowed an application to learn, remembered until it asks for more or the person takes it back. */
export interface Consents {
  /** Whether everything asked was allowed before. */
  cover(accountId: string, clientId: string, scopes: readonly string[], claims: readonly string[]): Promise<boolean>;
  /** Adds to what was allowed before. */
  remember(
    accountId: string,
    clientId: string,
    scopes: readonly string[],
    claims: readonly string[],
    at: Date,
  ): Promise<void>;
  revoke(accountId: string, clientId: string): Promise<void>;
}
