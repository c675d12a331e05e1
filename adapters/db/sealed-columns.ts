/** A column that the vault seals and that lives long: what a change of data key must seal again. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key, in its order. */
  readonly key: readonly string[];
  /** As the adapter of the table writes it. */
  readonly context: (row: Readonly<Record<string, string | Buffer>>) => string;
}

const hex = (value: string | Buffer | undefined): string => (Buffer.isBuffer(value) ? value.toString('hex') : '');
const byId = (table: string, column: string, name: string, end = ''): SealedColumn => ({
  table,
  column,
  key: ['id'],
  context: ({ id }) => `${name}:${String(id)}${end}`,
});

/** Every adapter that seals has its columns here, or in SHORT_LIVED; a unit test says which does not. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  byId('identities', 'external_id', 'identity'),
  byId('sign_ins', 'upstream', 'sign-in'),
  byId('notices', 'destination', 'notice', ':destination'),
  byId('notices', 'params', 'notice', ':params'),
  { table: 'signing_keys', column: 'private_jwk', key: ['kid'], context: ({ kid }) => `signing-key:${String(kid)}` },
  {
    table: 'oidc_models',
    column: 'payload',
    key: ['model', 'id_hash'],
    context: ({ model, id_hash }) => `${String(model)}:${hex(id_hash)}`,
  },
  { table: 'clients', column: 'payload', key: ['id_hash'], context: ({ id_hash }) => `Client:${hex(id_hash)}` },
  {
    table: 'clients',
    column: 'previous_secret',
    key: ['id_hash'],
    context: ({ id_hash }) => `previous-secret:${hex(id_hash)}`,
  },
  {
    table: 'client_errors',
    column: 'detail',
    key: ['id', 'client_hash'],
    context: ({ client_hash }) => `client-error:${hex(client_hash)}`,
  },
  { table: 'integrators', column: 'mail', key: ['mail_hash'], context: () => 'integrator' },
  byId('structures', 'secret', 'structure'),
  byId('authenticators', 'seed', 'authenticator'),
  byId('undos', 'before', 'undo'),
  byId('help_desk_requests', 'params', 'help-desk'),
  byId('desktop_devices', 'name', 'desktop-device', ':name'),
  byId('invitations', 'content', 'invitation', ':content'),
  byId('invitations', 'draft', 'invitation', ':draft'),
  {
    table: 'account_facts',
    column: 'said',
    key: ['account_id', 'source'],
    context: ({ account_id, source }) => `fact:${String(account_id)}:${String(source)}`,
  },
];

/** Sealed, and gone within two days: the old data key is kept that long. */
export const SHORT_LIVED: readonly string[] = [
  'flows',
  'challenges',
  'card_handovers',
  'desktop_requests',
  'sign_up_drafts',
  'recoveries',
];
