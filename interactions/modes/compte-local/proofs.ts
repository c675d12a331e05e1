import { atMost } from '../../../src/assurance/levels.ts';
import type { DirectoryEntry } from '../../../src/structures/directory.ts';
import type { ProviderAnswer } from '../../../src/structures/provider-answer.ts';
import { statementOf } from '../../../src/structures/statement.ts';
import { type Structure, sourceOf, structureClaim } from '../../../src/structures/structure.ts';
import type { Proof } from '../../mode.ts';
import { modeRow } from '../../visit.ts';
import { ID } from './panels.ts';

const ground = (structure: Structure, entryId: string) => ({
  mode: ID,
  subject: { source: sourceOf(structure), externalId: entryId },
  full: true,
});

/** A directory proves a password, whatever else it may ask of its own people. */
export const byDirectory = (structure: Structure, entry: DirectoryEntry, at: Date): Proof => ({
  ...ground(structure, entry.entryId),
  statement: statementOf(structure, entry),
  upstream: { provider: sourceOf(structure), structure: structureClaim(structure, entry.roles) },
  acr: 'eidas1',
  amr: modeRow(ID).amr,
  at,
  passwordAt: at,
});

export const byProvider = (structure: Structure, answer: ProviderAnswer, now: Date): Proof => ({
  ...ground(structure, answer.entryId),
  statement: statementOf(structure, answer.said),
  upstream: {
    provider: sourceOf(structure),
    structure: structureClaim(structure, answer.roles),
    ...answer.session,
  },
  acr: atMost(answer.acr, modeRow(ID).acr),
  amr: answer.amr,
  at: answer.at,
  provedAt: now,
  ...(answer.passwordAlone ? { passwordAt: answer.at } : {}),
});
