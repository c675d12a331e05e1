/** What people prefer to be told; implemented on PostgreSQL in adapters/db/preferences.ts. */
export interface Preferences {
  /** A mail at each sign-in, not only from a new browser. */
  tellsEach(accountId: string): Promise<boolean>;
  setTellsEach(accountId: string, tells: boolean): Promise<void>;
}
