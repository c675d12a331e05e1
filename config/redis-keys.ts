/**
 * Where what stands in Redis stands: everything under one prefix (REDIS_PREFIX), so that an ACL can name it. Braces are
 * for Redis Cluster, which keeps on one node what has the same words in them.
 */
export const DEFAULT_PREFIX = 'mire:';

/** Followed by the name of a model, in braces. */
export const modelKeys = (prefix: string): string => `${prefix}oidc`;

/** Followed by the name of a limit. */
export const limitKeys = (prefix: string): string => `${prefix}limit:`;

/** All queues on one node: a job moves between the lists of its queue in one step. */
export const queueKeys = (prefix: string): string => `${prefix}{queue}`;

/**
 * Where the queues of the release before stood, outside of what an ACL names. Their jobs are still done where the prefix
 * is the default; one release later this goes.
 */
export const FORMER_QUEUES = '{mire}';
