import pino from 'pino';

export type Log = pino.Logger;

/**
 * Field names that never reach a log line, at any of the first three depths. Nothing logs a body, a header or a URL in
 * the first place; this is the second lock.
 */
const SECRET_FIELDS = [
  'password',
  'code',
  'cookie',
  'authorization',
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
  'code_verifier',
  'seed',
  'jti',
  'uid',
  'nationalId',
  'national_id',
  'email',
  'phone',
  'destination',
  'login',
];

const paths = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** JSON lines on standard output. */
export function createLog(level: string, destination?: pino.DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: undefined as unknown as null, // no pid, no host name: the platform adds what it needs
    redact: { paths, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorOf },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Class, message and stack, and the cause; not the fields some libraries hang on their errors (rows, requests). */
function errorOf(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...('code' in error && typeof error.code === 'string' ? { reason: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: errorOf(error.cause) }),
  };
}
