import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createVault } from '../../src/protection/secrets.ts';
import { createUpstreamStates } from '../../src/upstream/state.ts';

const vault = createVault([`1:${randomBytes(32).toString('base64')}`], randomBytes(32).toString('base64'));
const psc = createUpstreamStates(vault, 'psc');

test('a state leads back to its interaction, shows nothing of it, and is unlike any other', () => {
  const state = psc.make('an-interaction-uid');
  expect(psc.read(state)).toBe('an-interaction-uid');
  expect(Buffer.from(state, 'base64url').toString('latin1')).not.toContain('interaction');
  expect(psc.make('an-interaction-uid')).not.toBe(state);
  expect(state).toMatch(/^[\w-]{43,}$/);
});

test('a state of another provider, a changed one, and what is none lead nowhere', () => {
  const state = psc.make('uid');
  expect(createUpstreamStates(vault, 'structure:1').read(state)).toBeUndefined();
  const changed = `${state.slice(0, 60)}${state[60] === 'A' ? 'B' : 'A'}${state.slice(61)}`;
  for (const other of ['', 'x', `${state}AA`, changed, '../../etc', 'é'.repeat(200)])
    expect(psc.read(other)).toBeUndefined();
});
