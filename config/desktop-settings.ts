import { z } from 'zod';
import { count, yesOrNo } from './setting-types.ts';

/** Schemes that a browser or the system keeps for itself: a link with one of them would lead somewhere else. */
const TAKEN = /^(?:https?|wss?|ftp|file|data|blob|about|javascript|vbscript|mailto|tel|sms|chrome|ms-[a-z-]+)$/;

/** Settings of the mode MonSisra. */
export const desktopSettings = {
  DESKTOP_SCHEME: z
    .string()
    .regex(/^[a-z][a-z0-9.+-]{2,40}$/, 'must be the name of a scheme')
    .refine((scheme) => !TAKEN.test(scheme), 'is a scheme that belongs to something else')
    .default('monsisra')
    .describe('scheme of the links that open the desktop application'),
  DESKTOP_LOOPBACK_PORT: count(0, 65535)
    .optional()
    .describe(
      'port of 127.0.0.1 where a running desktop application is called from the page; in the sandbox PORT + 473; 0: none',
    ),
  DESKTOP_SESSION: count(300, 12 * 60 * 60)
    .default(12 * 60 * 60)
    .describe('seconds after its own sign-in during which a desktop application approves'),
  DESKTOP_LOGOUT_ENDS_BROWSERS: yesOrNo
    .default(false)
    .describe('true: signing out of the desktop application ends the browser sessions it opened'),
};
