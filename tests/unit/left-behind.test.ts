import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isLeftBehind, runName, sweepFolders } from '../support/jest/left-behind.ts';

const HOUR = 3_600_000;
const dead = () => false;
const alive = () => true;

test('what a killed run made is swept once it is ten minutes old; what a living run made never is', () => {
  const made = `${runName()}_ab12`;
  expect(isLeftBehind(made, Date.now() + HOUR, dead)).toBe(true);
  expect(isLeftBehind(made, Date.now() + HOUR, alive)).toBe(false);
  expect(isLeftBehind(made, Date.now() + 60_000, dead)).toBe(false);
  expect(isLeftBehind(made, Date.now() + HOUR)).toBe(false);
});

test('what another machine made is swept by its age alone: its processes are not ours to ask', () => {
  const foreign = `${Math.floor(Date.now() / 1000)}_ffffff_1_ab12`;
  expect(isLeftBehind(foreign, Date.now() + HOUR, dead)).toBe(false);
  expect(isLeftBehind(foreign, Date.now() + 25 * HOUR, alive)).toBe(true);
});

test('what has another name is nobody’s of ours', () => {
  for (const name of ['', 'production', '1700000000', '1700000000_zzzzzz_1', `x${runName()}`])
    expect(isLeftBehind(name, Date.now() + 1000 * HOUR, dead)).toBe(false);
});

test('of the folders only those of runs that died go', () => {
  const parent = mkdtempSync(join(tmpdir(), 'mire-sweep-'));
  const old = `${Math.floor(Date.now() / 1000) - 7200}`;
  const host = runName().split('_')[1];
  // No process has this number: the kernel's highest is 4194304.
  const left = `mire-tests-${old}_${host}_4194999_x`;
  const living = `mire-tests-${old}_${host}_${process.pid}_x`;
  for (const name of [left, living, 'something-else']) mkdirSync(join(parent, name));
  sweepFolders(parent);
  expect([left, living, 'something-else'].map((name) => existsSync(join(parent, name)))).toEqual([false, true, true]);
  rmSync(parent, { recursive: true });
});
