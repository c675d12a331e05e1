import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { cardProblems, cardSettings } from './card-settings.ts';
import { clientProblems, clientSettings } from './client-settings.ts';
import { conformanceProblems, conformanceSettings } from './conformance-settings.ts';
import { desktopSettings } from './desktop-settings.ts';
import { keySettings } from './key-settings.ts';
import { lifecycleSettings } from './lifecycle-settings.ts';
import { type MailTls, mailProblems, mailSettings, mailTls } from './mail-settings.ts';
import { MODE_IDS, type ModeId } from './modes.ts';
import { mtlsProblems, mtlsSettings } from './mtls-settings.ts';
import { DATABASE_PATIENCE } from './pace.ts';
import { platformSettings } from './platform-settings.ts';
import { PSC_SECRETS, pscProblems, pscSettings } from './psc-settings.ts';
import { redisProblems, redisSettings } from './redis-settings.ts';
import { type ResourceServer, resourceList } from './resources.ts';
import { sandboxResources } from './sandbox-applications.ts';
import { SECRETS, type Secret, secretProblems } from './secret-settings.ts';
import { count, databaseAddress, keys, list, networks, origin } from './setting-types.ts';
import { signupProblems, signupSettings } from './signup-settings.ts';
import { smsProblems, smsSettings } from './sms-settings.ts';
import { trustSettings } from './trust-settings.ts';

/**
 * Every setting of Mire, read once from the environment. Nobody else reads `process.env`.
 * A name may be given as `NAME_FILE`, the path of a file that holds the value.
 */

const DEFAULT_MODES: ModeId[] = ['cps', 'code-ephemere', 'compte-local', 'monsisra', 'psc', 'login-mdp', 'cle-acces'];

const schema = z.object({
  MIRE_ENV: z
    .enum(['sandbox', 'production'])
    .default('sandbox')
    .describe('sandbox needs nothing; production needs everything'),
  PORT: count(1, 65535).default(3000).describe('port to listen on'),
  HOST: z.string().default('localhost').describe('address to listen on; localhost means both loopback addresses'),
  ISSUER: origin.optional().describe('the public origin; in the sandbox http://localhost:PORT'),
  ...cardSettings,
  ...desktopSettings,
  ...pscSettings,
  ...mtlsSettings,
  ...conformanceSettings,
  RESOURCES: resourceList
    .optional()
    .describe(
      'APIs that access tokens may be made for, a JSON list (docs/integrators.md); none: no `resource` is accepted',
    ),
  DATABASE_URL: databaseAddress
    .optional()
    .describe(
      'PostgreSQL, one host or several as libpq writes them (docs/scaling.md); in the sandbox, none means PGlite in the process',
    ),
  DATABASE_POOL: count(2, 200).default(10).describe('connections of one process'),
  DATABASE_PATIENCE: count(2, 300)
    .default(DATABASE_PATIENCE)
    .describe('seconds that a page waits for an answer of the database before it says that the service is away'),
  ...redisSettings,
  DATA_DIR: z.string().default('.mire').describe('where the sandbox keeps its database and secrets'),
  COOKIE_KEYS: keys.optional().describe('signs cookies; the first signs, all verify (secret)'),
  DATA_KEYS: keys.optional().describe('<version>:<32 bytes in base64>,…; the first encrypts, all decrypt (secret)'),
  INDEX_KEY: z.string().optional().describe('32 bytes in base64; keys the look-up hashes (secret)'),
  PAIRWISE_KEY: z.string().optional().describe('32 bytes in base64; pairwise subjects; never changes (secret)'),
  DPOP_KEY: z.string().optional().describe('32 bytes in base64; DPoP nonces (secret)'),
  ...keySettings,
  ...lifecycleSettings,
  ...clientSettings,
  TRUSTED_PROXIES: networks.default([]).describe('addresses or CIDRs whose X-Forwarded-* headers count'),
  TRUSTED_PROXY_COUNT: count(1, 10).default(1).describe('how many proxies stand in front'),
  INTERNAL_HOSTS: list
    .optional()
    .describe('hosts of applications that may have private addresses; in the sandbox localhost,127.0.0.1'),
  MODES: list
    .pipe(z.array(z.enum(MODE_IDS)).min(1))
    .default(DEFAULT_MODES)
    .describe(
      'the modes this deployment offers; by default without cps where no CPS_ORIGIN is set, without psc where no PSC_ISSUER is',
    ),
  SESSION_IDLE: count(60, 30 * 60)
    .default(30 * 60)
    .describe('seconds without use before a session ends'),
  SESSION_ABSOLUTE: count(300, 4 * 60 * 60)
    .default(4 * 60 * 60)
    .describe('seconds a session lasts at most'),
  ARGON2_MEMORY: count(8, 1024 * 1024)
    .default(19 * 1024)
    .describe('memory of one password hash, in KiB; production refuses less than 19456'),
  ARGON2_PASSES: count(1, 20).default(2).describe('passes of one password hash; production refuses less than 2'),
  RATE_LIMIT_FACTOR: z.coerce
    .number()
    .positive()
    .max(1000)
    .optional()
    .describe('multiplies every limit; 20 in the sandbox'),
  ...platformSettings,
  ...mailSettings,
  ...smsSettings,
  ...signupSettings,
  TERMS_VERSION: z.string().default('2026-01').describe('asked again when it changes'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least level of the lines written on the standard output'),
  METRICS_PORT: count(1, 65535).optional().describe('serves /metrics apart; in production 9464'),
  ...trustSettings,
  ENTRANCE_PLACES: count(8, 10_000)
    .default(64)
    .describe(
      'requests that one process has in hand at once where sign-ins begin; more are told to come back (503), so that those under way can end',
    ),
  SHUTDOWN_GRACE: count(1, 300).default(20).describe('seconds given to requests and jobs in hand'),
});

export type RawSettings = z.infer<typeof schema>;
export type SettingName = keyof RawSettings;

/** What the code receives: defaults filled in, secrets present. */
export type Settings = Readonly<
  Omit<
    RawSettings,
    | 'ISSUER'
    | 'MAIL_TLS'
    | 'RATE_LIMIT_FACTOR'
    | 'INTERNAL_HOSTS'
    | 'CARD_TLS_PORT'
    | 'DESKTOP_LOOPBACK_PORT'
    | 'RESOURCES'
    | Secret
  > & {
    RESOURCES: readonly ResourceServer[];
    INTERNAL_HOSTS: string[];
    CARD_TLS_PORT: number;
    DESKTOP_LOOPBACK_PORT: number;
    ISSUER: string;
    MAIL_TLS: MailTls;
    RATE_LIMIT_FACTOR: number;
    COOKIE_KEYS: string[];
    DATA_KEYS: string[];
    INDEX_KEY: string;
    PAIRWISE_KEY: string;
    DPOP_KEY: string;
  }
>;

/** Settings whose value, or part of it, is not shown by `mire settings`. */
export const MASKED: ReadonlySet<string> = new Set([
  ...SECRETS,
  'CARD_PROXY_SECRET',
  'SIGNER_TOKEN',
  ...PSC_SECRETS,
  'MTLS_PROXY_SECRET',
  'RECAPTCHA_SECRET',
  'DATABASE_URL',
  'REDIS_URL',
  'REDIS_KEY',
  'MAIL_URL',
  'MAIL_BOUNCES_IMAP',
  'MAIL_DKIM_KEY',
  'SMS_URL',
  'SMS_HEADERS',
  'SMS_BODY',
  'SMS_RECEIPT_SECRET',
  'SMS_FALLBACK_URL',
  'SMS_FALLBACK_HEADERS',
  'SMS_FALLBACK_BODY',
  'SMS_FALLBACK_RECEIPT_SECRET',
]);

export interface Problem {
  readonly name: string;
  readonly message: string;
}

export class SettingsError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(`These settings are wrong:\n${problems.map(({ name, message }) => `  ${name}: ${message}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

function productionProblems(settings: RawSettings): Problem[] {
  const problems: Problem[] = [];
  const require = (name: SettingName, reason = 'is required in production') => {
    if (settings[name] === undefined) problems.push({ name, message: reason });
  };
  require('DATABASE_URL', 'is required in production: PGlite is for the sandbox');
  require('ISSUER');
  require('MAIL_URL', 'is required in production: the inbox page is for the sandbox');
  require('SMS_URL', 'is required in production: the inbox page is for the sandbox');
  for (const name of SECRETS) require(name);
  for (const name of ['ISSUER', 'CPS_ORIGIN', 'MTLS_ORIGIN', 'SMS_URL', 'SMS_FALLBACK_URL', 'SIGNER_URL'] as const) {
    if (settings[name]?.startsWith('http:')) problems.push({ name, message: 'must be https: in production' });
  }
  if ((settings.RATE_LIMIT_FACTOR ?? 1) > 1)
    problems.push({ name: 'RATE_LIMIT_FACTOR', message: 'must not exceed 1 in production' });
  if (settings.ARGON2_MEMORY < 19 * 1024 || settings.ARGON2_PASSES < 2) {
    problems.push({ name: 'ARGON2_MEMORY', message: 'argon2id needs 19456 KiB and 2 passes at least in production' });
  }
  if (settings.SUPPORT_URL.includes('.example'))
    problems.push({ name: 'SUPPORT_URL', message: 'is the example address' });
  if (settings.MAIL_FROM.includes('.example')) problems.push({ name: 'MAIL_FROM', message: 'is the example address' });
  return problems;
}

/** `NAME`, else the content of the file that `NAME_FILE` names. An empty value counts as none. */
function pick(env: NodeJS.ProcessEnv, problems: Problem[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const file = env[`${name}_FILE`];
    if (env[name]) picked[name] = env[name];
    else if (file) {
      try {
        picked[name] = readFileSync(file, 'utf8').trim();
      } catch {
        problems.push({ name, message: `the file named by ${name}_FILE cannot be read` });
      }
    }
  }
  return picked;
}

/**
 * Reads and checks the settings. `secrets` stands in for missing secrets and is only asked in the sandbox.
 * @throws {SettingsError} with every problem at once, by name.
 */
export function readSettings(env: NodeJS.ProcessEnv, secrets: (dataDir: string) => Record<Secret, string>): Settings {
  const problems: Problem[] = [];
  const picked = pick(env, problems);
  // The sandbox's own secrets are made once and kept; production never invents one.
  const sandbox = (picked.MIRE_ENV ?? 'sandbox') === 'sandbox';
  if (sandbox && SECRETS.some((name) => !picked[name]))
    Object.assign(picked, { ...secrets(picked.DATA_DIR ?? '.mire'), ...picked });
  const asked = (id: ModeId) => picked.MODES?.split(',').some((mode) => mode.trim() === id) === true;
  const hosts = (settings: object) => [
    ...clientProblems(settings, !sandbox),
    ...cardProblems(settings as RawSettings, { production: !sandbox, asked: asked('cps') }),
    ...pscProblems(settings as RawSettings, { production: !sandbox, asked: asked('psc') }),
    ...mtlsProblems(settings as RawSettings, !sandbox),
    ...signupProblems(settings as RawSettings, !sandbox),
    ...conformanceProblems(settings as RawSettings, !sandbox),
    ...mailProblems(settings),
    ...redisProblems(settings),
    ...smsProblems(settings),
  ];
  const parsed = schema.safeParse(picked);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => ({ name: String(issue.path[0]), message: issue.message })));
    // The production rules still speak of what could be read, so that an operator mends everything at once.
    const partial = schema
      .partial()
      .safeParse(Object.fromEntries(Object.entries(picked).filter(([name]) => !problems.some((p) => p.name === name))));
    if (partial.success && !sandbox) problems.push(...productionProblems(partial.data as RawSettings));
    if (partial.success) problems.push(...secretProblems(partial.data as RawSettings), ...hosts(partial.data));
  } else {
    if (!sandbox) problems.push(...productionProblems(parsed.data));
    problems.push(...secretProblems(parsed.data), ...hosts(parsed.data));
  }
  if (problems.length > 0 || !parsed.success) {
    throw new SettingsError(
      problems.filter((p, i) => problems.findIndex((q) => q.name === p.name && q.message === p.message) === i),
    );
  }
  const settings = parsed.data;
  const local = sandbox ? new URL(`http://127.0.0.1:${settings.PORT}`).origin : undefined;
  const cpsOrigin = settings.CPS_ORIGIN ?? local;
  const issuer = settings.ISSUER ?? `http://localhost:${settings.PORT}`;
  return Object.freeze({
    ...settings,
    RESOURCES: settings.RESOURCES ?? (sandbox ? sandboxResources(issuer) : []),
    ...(cpsOrigin ? { CPS_ORIGIN: cpsOrigin } : {}),
    MODES: settings.MODES.filter(
      (mode) => (mode !== 'cps' || cpsOrigin) && (mode !== 'psc' || sandbox || settings.PSC_ISSUER),
    ),
    CARD_TLS_PORT: settings.CARD_TLS_PORT ?? (sandbox ? besides(settings.PORT) : 0),
    DESKTOP_LOOPBACK_PORT: settings.DESKTOP_LOOPBACK_PORT ?? (sandbox ? besides(settings.PORT, 473) : 0),
    ISSUER: issuer,
    MAIL_TLS: mailTls(settings, !sandbox),
    RATE_LIMIT_FACTOR: settings.RATE_LIMIT_FACTOR ?? (sandbox ? 20 : 1),
    INTERNAL_HOSTS: settings.INTERNAL_HOSTS ?? (sandbox ? ['localhost', '127.0.0.1'] : []),
    ...(sandbox ? {} : { METRICS_PORT: settings.METRICS_PORT ?? 9464 }),
  }) as Settings;
}

/** 3443 beside 3000; none where there is no such port. */
const besides = (port: number, by = 443) => (port + by <= 65535 ? port + by : 0);

/** Name, meaning and default of every setting, for `mire settings` and the generated documentation. */
export function describeSettings(): { name: SettingName; text: string; fallback: unknown }[] {
  return Object.entries(schema.shape).map(([name, type]) => ({
    name: name as SettingName,
    text: type.description ?? '',
    fallback: type.safeParse(undefined).data,
  }));
}
