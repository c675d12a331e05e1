import { count } from './setting-types.ts';

/** Settings of the audit and of what protects the service. */
export const trustSettings = {
  AUDIT_RETENTION_DAYS: count(180, 3650)
    .default(365)
    .describe('days that the audit is kept at least; whole months are dropped after it'),
};
