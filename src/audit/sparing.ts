import { UserError } from '../http/errors.ts';
import { countedAddress } from '../protection/address.ts';
import type { Limits } from '../protection/limits.ts';
import { type AuditLine, isAnybodys } from './audit.ts';

/** Whether a line is written; one that is not stands in the metric of limits. */
export const createSparing =
  (limits: Limits) =>
  async (line: AuditLine): Promise<boolean> => {
    if (!isAnybodys(line)) return true;
    try {
      await limits.take('lines-address', countedAddress(line.address ?? ''));
      return true;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  };
