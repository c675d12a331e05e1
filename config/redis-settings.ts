import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { REDIS_PATIENCE } from './pace.ts';
import { readRedisUrl } from './redis-address.ts';
import { DEFAULT_PREFIX } from './redis-keys.ts';
import { count, yesOrNo } from './setting-types.ts';

/** Settings of Redis: docs/scaling.md. */

const pem = (text: string) => z.string().optional().describe(text);

const redisUrl = z.string().superRefine((text, context) => {
  try {
    readRedisUrl(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

export const redisSettings = {
  REDIS_URL: redisUrl
    .optional()
    .describe(
      'optional: short-lived models, rate limits, queue; redis://[user:password@]host:port[/database], rediss:// with TLS, redis+sentinel:// or rediss+sentinel:// with the Sentinels of one master (docs/scaling.md)',
    ),
  REDIS_PATIENCE: count(1, 300)
    .default(REDIS_PATIENCE)
    .describe('the same of Redis; half a second later a server that still says nothing is left'),
  REDIS_CLUSTER: yesOrNo
    .default(false)
    .describe(
      'true: REDIS_URL names nodes of a Redis Cluster, one or several with commas, which name the others (docs/scaling.md)',
    ),
  REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{0,60}:$/, 'must be letters, digits, _ . - and : and end with :')
    .default(DEFAULT_PREFIX)
    .describe('what every key begins with, for an ACL or a Redis that others use; another one signs everybody out'),
  REDIS_CA: pem(
    'PEM of the authority of the certificates of Redis and its Sentinels, where the system does not know it; REDIS_CA_FILE names a file',
  ),
  REDIS_CERT: pem(
    'PEM of the certificate that Mire shows to Redis and its Sentinels, with its chain (tls-auth-clients)',
  ),
  REDIS_KEY: pem('the private key of that certificate, PEM (secret)'),
};

export type RedisSettings = z.infer<z.ZodObject<typeof redisSettings>>;

interface Problem {
  readonly name: keyof RedisSettings;
  readonly message: string;
}

const readable = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch {
    return false;
  }
};

export function redisProblems(settings: Partial<RedisSettings>): Problem[] {
  const { REDIS_URL, REDIS_CLUSTER, REDIS_CERT, REDIS_KEY } = settings;
  const problems: Problem[] = [];
  const refuse = (name: keyof RedisSettings, message: string) => problems.push({ name, message });
  const place = REDIS_URL === undefined ? undefined : readRedisUrl(REDIS_URL);
  if (place?.sentinel && REDIS_CLUSTER) refuse('REDIS_CLUSTER', 'must be false where REDIS_URL names Sentinels');
  if (place && !place.sentinel && !REDIS_CLUSTER && place.hosts.length > 1)
    refuse('REDIS_URL', 'may name several hosts only as Sentinels (redis+sentinel://) or with REDIS_CLUSTER=true');
  if (place && REDIS_CLUSTER && place.database !== 0) refuse('REDIS_URL', 'may name no database: a cluster has one');
  for (const name of ['REDIS_CA', 'REDIS_CERT', 'REDIS_KEY'] as const)
    if (settings[name] !== undefined && !place?.tls) refuse(name, 'needs REDIS_URL to be rediss: or rediss+sentinel:');
  for (const name of ['REDIS_CA', 'REDIS_CERT'] as const)
    if (settings[name] !== undefined && !readable(() => new X509Certificate(settings[name] ?? '')))
      refuse(name, 'is no certificate in PEM');
  if (REDIS_KEY !== undefined && !readable(() => createPrivateKey(REDIS_KEY)))
    refuse('REDIS_KEY', 'is no private key in PEM without a password');
  if ((REDIS_CERT === undefined) !== (REDIS_KEY === undefined))
    refuse(REDIS_CERT === undefined ? 'REDIS_CERT' : 'REDIS_KEY', 'is needed where the other is set');
  return problems;
}
