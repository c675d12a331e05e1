/**
 * What is done now and then, in seconds. `every`: from one round to the next; one that failed is tried again sooner.
 * `limit`: a round that takes longer hangs, and gives its place up. `late`: a process in which none has succeeded for so
 * long rings (deploy/prometheus/mire.rules.yml, MireRoundLate).
 */
export const ROUNDS = {
  'audit-sealing': { every: 1, limit: 60, late: 60 },
  'database-watch': { every: 3, limit: 15, late: 60 },
  'key-turning': { every: 60, limit: 60, late: 10 * 60 },
  'notice-sweep': { every: 60, limit: 60, late: 10 * 60 },
  bounces: { every: 5 * 60, limit: 2 * 60, late: 60 * 60 },
  purge: { every: 10 * 60, limit: 60 * 60, late: 2 * 60 * 60 },
  'structure-checks': { every: 10 * 60, limit: 2 * 60, late: 60 * 60 },
  // Well under the period of any list, so that a new one is there before the old one ends.
  'revocation-lists': { every: 60 * 60, limit: 2 * 60, late: 3 * 60 * 60 },
  'client-warnings': { every: 60 * 60, limit: 10 * 60, late: 3 * 60 * 60 },
  lifecycles: { every: 6 * 60 * 60, limit: 60 * 60, late: 13 * 60 * 60 },
} as const satisfies Record<string, { readonly every: number; readonly limit: number; readonly late: number }>;

export type Round = keyof typeof ROUNDS;
