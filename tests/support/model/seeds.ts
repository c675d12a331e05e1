import type { PromiseName } from './promises.ts';
import type { Focus } from './sequences.ts';

/** One line, put back to what it was: it must stand there exactly once, so that a stale seed fails loudly. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A defect that the service had once, and what finds it. */
export interface Seed {
  readonly defect: string;
  /** What puts it back. */
  readonly edits: readonly Edit[];
  /** The promises of which it breaks one. */
  readonly breaks: readonly PromiseName[];
  /** Where it is looked for, so that few sequences are enough. */
  readonly focus: Focus;
}

export const SEEDS: readonly Seed[] = [
  {
    defect: 'single sign-on does not ask which modes an application accepts',
    edits: [
      {
        file: 'src/assurance/may-open.ts',
        from: 'if (why) return { what:',
        to: "if (why && why !== 'not-for-this-application') return { what:",
      },
    ],
    breaks: ['no more than proved'],
    focus: {
      intruders: ['nobody'],
      moves: ['signs in', 'comes back signed in', 'an administrator narrows the application'],
    },
  },
  {
    defect: 'whoever knows the password guesses the second factor in one browser after the other',
    edits: [
      {
        file: 'interactions/dispatcher.ts',
        from: "accountId, satisfies(proof.acr, 'eidas2'));",
        to: 'accountId, true);',
      },
      {
        file: 'src/protection/doors.ts',
        from: "'second-factor': { known: 'codes-known', beside: DAY_OF_ONE_FACTOR },",
        to: "'second-factor': { known: 'codes-known', strangers: 'codes-own' },",
      },
    ],
    breaks: ['guesses are few'],
    focus: { intruders: ['password'], moves: ['guesses codes', 'adds an authenticator application', 'time passes'] },
  },
  {
    defect: 'a mailbox alone gives two factors',
    edits: [
      {
        file: 'src/assurance/mailbox.ts',
        from: "beside === 'mail' && mailResetAt !== undefined &&",
        to: 'beside !== beside && mailResetAt !== undefined &&',
      },
    ],
    breaks: ['no more than proved', 'no more than their kind'],
    focus: { intruders: ['mailbox'], moves: ['forgot the password', 'signs in', 'adds a passkey'] },
  },
  {
    defect: 'with a password and one code an intruder joins their own identity to the account',
    edits: [
      {
        file: 'interactions/signup/existing.ts',
        from: 'if (needsDecision(statement, account)) {',
        to: 'if (needsDecision(statement, account) === undefined) {',
      },
    ],
    breaks: ['their own name', 'nothing of the intruder'],
    focus: { intruders: ['password-and-mailbox'], moves: ['links an identity', 'signs in', 'changes the password'] },
  },
  {
    defect: '"it was not me" puts back one thing',
    edits: [
      {
        file: 'src/accounts/undoing.ts',
        from: 'if (!disowned) {',
        to: 'if (!disowned || journal) {',
      },
    ],
    breaks: ['nothing of the intruder', 'taken back is taken back'],
    focus: {
      intruders: ['session', 'password-and-mailbox'],
      moves: ['adds a passkey', 'changes the sms', 'changes the mail', 'changes the password', 'undoes'],
    },
  },
  {
    defect: 'a supervised recovery leaves what the intruder added',
    edits: [
      {
        file: 'src/support/recovering.ts',
        from: 'const all = await asItWas(tx, { ...moment, now: clock() }, journal);',
        to: 'const all: readonly Outcome[] = journal && [];',
      },
    ],
    breaks: ['nothing of the intruder', 'nobody vouches for a mail', 'taken back is taken back'],
    focus: {
      intruders: ['session', 'password-and-mailbox'],
      moves: [
        'adds a passkey',
        'changes the mail',
        'is given the account back by two agents',
        'tries what was taken back',
      ],
    },
  },
  {
    defect: 'what was proved and parked before the account was taken back still opens it',
    edits: [
      {
        file: 'src/accounts/since.ts',
        from: 'proofsSince === undefined || provedAt >= proofsSince;',
        to: 'proofsSince === undefined || provedAt !== undefined;',
      },
    ],
    breaks: ['taken back is taken back'],
    focus: {
      intruders: ['password', 'password-and-mailbox'],
      moves: ['parks a sign-in', 'follows what was parked', 'mire accounts end-sessions', 'changes the password'],
    },
  },
  {
    defect: 'the undo code of a closing opens an account that an administrator blocked since',
    edits: [
      {
        file: 'src/accounts/status.ts',
        from: "undo: { active: ['closed'] },",
        to: "undo: { active: ['closed', 'blocked'] },",
      },
      {
        file: 'src/accounts/since.ts',
        from: 'undosSince === undefined || madeAt >= undosSince;',
        to: 'undosSince === undefined || madeAt !== undefined;',
      },
    ],
    breaks: ["the administrator's word"],
    focus: { intruders: ['nobody'], moves: ['closes the account', 'an administrator blocks', 'undoes'] },
  },
  {
    defect: 'strangers use up the codes of a person',
    edits: [
      {
        file: 'src/protection/doors.ts',
        from: "'sign-in-send': { known: 'sends-known', strangers: 'sends-account', proven: 'sends-proven', beside: BESIDE_SENDS },",
        to: "'sign-in-send': { strangers: 'sends-recovery' },",
      },
    ],
    breaks: ['the known browser gets in'],
    focus: {
      intruders: ['nobody'],
      moves: ['asks for forgotten passwords', 'comes by the known browser', 'signs in'],
    },
  },
  {
    defect: 'strangers use up the codes of everybody behind their address',
    edits: [
      {
        file: 'src/protection/doors.ts',
        from: "'sign-in-send': { known: 'sends-known', strangers: 'sends-account', proven: 'sends-proven', beside: BESIDE_SENDS },",
        to: "'sign-in-send': { strangers: 'sends-account', address: 'sends-recovery-address' },",
      },
    ],
    breaks: ['the known browser gets in'],
    focus: {
      intruders: ['address'],
      moves: ['asks for the forgotten passwords of nobody', 'comes by the known browser', 'signs in'],
    },
  },
];
