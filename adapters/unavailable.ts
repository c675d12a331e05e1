import { isNativeError } from 'node:util/types';
import { errors } from 'oidc-provider';

const NETWORK = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // Ours: no server that takes writes (adapters/db/primary.ts).
  'ENOPRIMARY',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);
/**
 * SQLSTATE: connection exceptions, out of disk, memory or connections, a standby that was not promoted yet, statement
 * timeout, server shutting down or starting, input and output errors.
 */
const POSTGRES = /^(?:08...|53...|25006|57014|57P0[1-5]|58...)$/;
/**
 * What knex (after the statement and a dash), pg and ioredis say when they give up without a code of their own, and
 * replies of a Redis that cannot serve yet.
 */
const SENTENCE =
  /(?:^| - )(?:Knex: Timeout|Query read timeout|Connection (?:terminated|ended|is closed)|Client has encountered a connection error|timeout expired|Unable to acquire a connection|Stream isn't writeable|Command timed out|Reached the max retries|Socket timeout|Cluster isn't ready|None of startup nodes|Failed to refresh slots|LOADING |MASTERDOWN |READONLY |CLUSTERDOWN |NOREPLICAS )/;

/** Whether a store could not be reached, as opposed to having refused what it was asked. */
function isUnreachable(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return NETWORK.has(code) || POSTGRES.test(code) || SENTENCE.test(error.message);
}

/**
 * The library answers 500 for an error it does not know, and 400 for its own TemporarilyUnavailable. A client that may
 * try again is told so: 503 where it asked directly, `temporarily_unavailable` where a redirect answers (RFC 6749 §4.1.2.1).
 */
export class StorageUnavailable extends errors.TemporarilyUnavailable {
  constructor(cause: unknown) {
    super('the service cannot reach its storage, try again', { cause });
    this.status = 503;
    this.statusCode = 503;
  }
}

/** What cannot be reached is said to be so, whoever asked; anything else is thrown as it came. */
export async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw isUnreachable(error) ? new StorageUnavailable(error) : error;
  }
}
