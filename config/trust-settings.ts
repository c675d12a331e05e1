import { z } from 'zod';
import { address, addresses, count, list } from './setting-types.ts';

/** Settings of the audit and of what protects the service. */
export const trustSettings = {
  SECURITY_CONTACT: addresses('mailto:', 'https:', 'tel:')
    .default([])
    .describe(
      'to whom a weakness is reported, the best first: /.well-known/security.txt (RFC 9116) says it; none: it is not there',
    ),
  AUDIT_RETENTION_DAYS: count(180, 3650)
    .default(365)
    .describe('days that the audit is kept at least; whole months are dropped after it'),
  SMS_BUDGET_DAY: count(1, 10_000_000)
    .default(5000)
    .describe('SMS sent in a day at most; beyond, codes go by mail alone. It alarms at 80 %'),
  SMS_COUNTRIES: list
    .default(['FR', 'MC', 'GP', 'MQ', 'GF', 'RE', 'YT', 'PM', 'BL', 'MF', 'WF', 'PF', 'NC'])
    .describe('countries whose numbers are sent SMS: calls to others are what SMS pumping lives on'),
  SIGNER_URL: address('https:', 'http:')
    .optional()
    .describe(
      'a KMS or HSM that signs tokens, behind GET /keys and POST /sign (docs/operations.md); none: the database',
    ),
  SIGNER_TOKEN: z.string().optional().describe('the bearer token that it asks for (secret)'),
};
