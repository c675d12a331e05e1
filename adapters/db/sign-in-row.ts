import type { Acr, ModeId } from '../../config/modes.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import type { SignIn } from '../../src/provider/sign-ins.ts';
import { type Upstream, upstream } from '../../src/provider/upstream.ts';

export interface SignInRow {
  readonly id: string;
  readonly account_id: string;
  readonly client_id: string;
  readonly mode: ModeId;
  readonly acr: Acr;
  readonly amr: string[];
  readonly password_at: Date | null;
  readonly authenticated_at: Date;
  readonly proved_at: Date | null;
  readonly upstream: Buffer | null;
  readonly device_id: string | null;
}

export const SIGN_IN_COLUMNS = [
  'id',
  'account_id',
  'client_id',
  'mode',
  'acr',
  'amr',
  'password_at',
  'authenticated_at',
  'proved_at',
  'upstream',
  'device_id',
] as const satisfies readonly (keyof SignInRow)[];

/** Of the table under the alias `i`. */
export const COLUMNS = SIGN_IN_COLUMNS.map((column) => `i.${column}`).join(', ');

const context = (id: string) => `sign-in:${id}`;

export const sealUpstream = ({ id, upstream }: Pick<SignIn, 'id' | 'upstream'>, vault: Vault): Buffer | undefined =>
  upstream && vault.seal(JSON.stringify(upstream), context(id));

/** A subject may hold a national id, and a sid is a name of a session: only keyed hashes stand in columns. */
export const upstreamHashes = (
  { provider, sid, subject }: Pick<Upstream, 'provider' | 'sid' | 'subject'>,
  vault: Pick<Vault, 'index'>,
) => ({
  upstreamSid: sid === undefined ? undefined : vault.index(sid, `upstream-sid:${provider}`),
  upstreamSubject: subject === undefined ? undefined : vault.index(subject, `upstream-subject:${provider}`),
});

export const toSignIn = (row: SignInRow, vault: Vault): SignIn => ({
  id: row.id,
  accountId: row.account_id,
  clientId: row.client_id,
  mode: row.mode,
  acr: row.acr,
  amr: row.amr,
  passwordAt: row.password_at ?? undefined,
  authenticatedAt: row.authenticated_at,
  provedAt: row.proved_at ?? undefined,
  upstream: row.upstream ? upstream.parse(JSON.parse(vault.open(row.upstream, context(row.id)).toString())) : undefined,
  deviceId: row.device_id ?? undefined,
});
