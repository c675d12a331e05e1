import type { Locale } from './ports.ts';
import type { TemplateId } from './templates.ts';

/** A mail that tells a person something. It exists if and only if what it tells happened. */
export interface Notice {
  readonly id: string;
  readonly template: TemplateId;
  readonly accountId: string | undefined;
  /** The address as it was when the notice was written. */
  readonly to: string;
  readonly locale: Locale;
  readonly params: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly sentAt: Date | undefined;
  readonly givenUpAt: Date | undefined;
}

export interface NewNotice {
  readonly template: TemplateId;
  readonly to: string;
  readonly locale: string;
  readonly at: Date;
  /** The values that the template's texts name. */
  readonly params?: Readonly<Record<string, string>>;
  readonly accountId?: string | undefined;
}

/** The queries of notices; implemented on PostgreSQL in adapters/db/notices.ts. */
export interface Notices {
  /** In the transaction of what it tells. @returns its id, to be given to the notifier after the commit. */
  write(notice: NewNotice): Promise<string>;
  byId(id: string): Promise<Notice | undefined>;
  /** One for each that there is. */
  templatesOf(ids: readonly string[]): Promise<TemplateId[]>;
  markSent(id: string, at: Date): Promise<void>;
  markGivenUp(id: string, at: Date): Promise<void>;
  /** Those that nobody sent, oldest first. */
  unsent(between: { from: Date; to: Date }, limit: number): Promise<string[]>;
}
