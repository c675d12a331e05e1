import { z } from 'zod';

/** The forms that the fields of a structure's definition take. */
export const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'holds control characters');

/** A file that holds a secret, read when it is needed: by every process that signs people in or looks for leavers. */
export const secretFile = z.string().startsWith('/', 'must be an absolute path').max(1000);
