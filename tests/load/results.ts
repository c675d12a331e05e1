import type { Burst } from './burst.ts';
import type { ModeRow } from './by-mode.ts';
import type { OpenRow } from './open-loop.ts';
import type { PasswordRow } from './passwords.ts';
import type { ProcessRow } from './processes.ts';
import type { Name, Row } from './report.ts';
import type { Plan } from './run.ts';
import type { Start } from './start.ts';
import type { Usage } from './target.ts';
import type { PageWeight, weighImage } from './weight.ts';

/** All that one run measured: what the JSON holds. A part that was left out is empty. */
export interface Results {
  readonly at: string;
  readonly command: string;
  readonly node: string;
  readonly processor: string;
  /** Which cores the servers had, and which the clients, PostgreSQL and Redis. */
  readonly cores: { readonly servers: number; readonly clients: number };
  readonly plan: Plan;
  readonly rows: readonly Row[];
  readonly modes: readonly ModeRow[];
  readonly open: readonly OpenRow[];
  readonly passwords: readonly PasswordRow[];
  readonly processes: readonly ProcessRow[];
  readonly burst: Burst | undefined;
  readonly starts: readonly Start[];
  readonly page: PageWeight | undefined;
  readonly image: ReturnType<typeof weighImage> | undefined;
  /** After all the work of the ratios. */
  readonly underLoad: Readonly<Partial<Record<Name, Usage>>>;
}
