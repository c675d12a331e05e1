import { randomUUID } from 'node:crypto';
import type { NewAccount } from '../../../src/accounts/account.ts';
import { createVault } from '../../../src/protection/secrets.ts';
import type { SignIn } from '../../../src/provider/sign-ins.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');

export const testVault = createVault([`2:${key(2)}`, `1:${key(1)}`], key(3));

export const sampleAccount = (changes: Partial<NewAccount> = {}): NewAccount => ({
  id: randomUUID(),
  familyName: 'Durand',
  givenName: 'Marie',
  ...changes,
});

export const sampleSignIn = (accountId: string, changes: Partial<SignIn> = {}): SignIn => ({
  id: randomUUID(),
  accountId,
  clientId: 'portail',
  mode: 'login-mdp',
  acr: 'eidas1',
  amr: ['pwd'],
  passwordAt: new Date('2026-11-23T08:00:00.000Z'),
  authenticatedAt: new Date('2026-11-23T08:00:00.000Z'),
  ...changes,
});

/** Calls at once, as parallel requests would. */
export const parallel = <T>(times: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => call(index)));
