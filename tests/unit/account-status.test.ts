import { describe, expect, test } from '@jest/globals';
import type { AccountStatus } from '../../src/accounts/account.ts';
import { mayBecome, type StatusActor } from '../../src/accounts/status.ts';

const STATUSES: readonly AccountStatus[] = ['active', 'blocked', 'closed'];
const ACTORS: readonly StatusActor[] = ['owner', 'undo', 'administrator', 'help-desk', 'lifecycle'];

describe('who may make an account what', () => {
  test('is this, and nothing else', () => {
    const all = ACTORS.flatMap((by) =>
      STATUSES.flatMap((to) => mayBecome(by, to).map((from) => `${by}: ${from} → ${to}`)),
    );
    expect(all).toEqual([
      'owner: active → closed',
      'undo: closed → active',
      'administrator: blocked → active',
      'administrator: closed → active',
      'administrator: active → blocked',
      'administrator: closed → blocked',
      'help-desk: blocked → active',
      'help-desk: closed → active',
      'lifecycle: active → blocked',
    ]);
  });
});
