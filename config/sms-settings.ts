import { z } from 'zod';
import { address, json } from './setting-types.ts';

/** Settings of the providers that send SMS. */
export const smsSettings = {
  SMS_URL: address('https:', 'http:').optional().describe('where an SMS is POSTed; none: the sandbox inbox'),
  SMS_HEADERS: json.default({}).describe('headers of that request, a JSON object'),
  SMS_BODY: z.string().default('{"to":"{{to}}","text":"{{text}}"}').describe('its JSON body, with {{to}} and {{text}}'),
  SMS_FALLBACK_URL: address('https:', 'http:').optional().describe('a second provider, tried when the first fails'),
  SMS_FALLBACK_HEADERS: json.default({}).describe('as SMS_HEADERS, for the second provider'),
  SMS_FALLBACK_BODY: z
    .string()
    .default('{"to":"{{to}}","text":"{{text}}"}')
    .describe('as SMS_BODY, for the second provider'),
};
