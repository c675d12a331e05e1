import { z } from 'zod';
import { address, timeZone } from './setting-types.ts';

/** What the platform is called, where its help is, and whose clock it goes by. */
export const platformSettings = {
  PLATFORM_NAME: z
    .string()
    .min(1)
    .default('Portail des Professionnels de Santé')
    .describe('the name on every page and message'),
  TIME_ZONE: timeZone
    .default('Europe/Paris')
    .describe(
      'whose clock pages and messages tell the hour by, such as Indian/Reunion; that of an account with a `zoneinfo` comes first',
    ),
  SUPPORT_URL: address('https:', 'http:', 'mailto:')
    .default('https://support.example.org/')
    .describe('where every page sends who needs help'),
};
