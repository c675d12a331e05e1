import { z } from 'zod';

/** A file that holds a secret, read when it is needed: by every process that signs people in or looks for leavers. */
export const secretFile = z.string().startsWith('/', 'must be an absolute path').max(1000);
