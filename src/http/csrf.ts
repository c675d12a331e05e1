import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { FlowError } from './errors.ts';

/** A token for the forms of one interaction. Its cookie is bound to the interaction's path, the token to its uid. */
export interface Csrf {
  token(uid: string): string;
  /** @throws {FlowError} `csrf` */
  check(uid: string, given: unknown): void;
}

export function createCsrf(bytes: Buffer): Csrf {
  const key = createSecretKey(bytes);
  const token = (uid: string) => createHmac('sha256', key).update(uid).digest('base64url');
  return {
    token,
    check(uid, given) {
      const wanted = Buffer.from(token(uid));
      const got = Buffer.from(typeof given === 'string' ? given : '');
      if (got.length !== wanted.length || !timingSafeEqual(got, wanted)) throw new FlowError('csrf');
    },
  };
}
