/**
 * Defects that are known and not mended yet, by what leads to them: the model does not go there, so that it shows what
 * nobody knows. Empty: it goes everywhere.
 */
export type Defect =
  /** A second factor may be guessed as often as one likes, by whoever knows the password. */
  | 'guessing'
  /** A password that was reset by mail and a code by the same mail count as two factors. */
  | 'one-mailbox'
  /** Whoever has password and one code links their own identity to the account, for good. */
  | 'linking'
  /** "It was not me" puts back one thing, and leaves the others. */
  | 'undo'
  /** So does a supervised recovery, which also believes the mail that an agent typed. */
  | 'supervised-recovery'
  /** Strangers use up the codes of a person, or of everybody behind their address. */
  | 'shutting-out';

const OPEN: readonly Defect[] = [];

/** Those that the model is told to look for all the same: `MODEL_LOOKS_FOR=undo,linking`. */
const sought = new Set((process.env.MODEL_LOOKS_FOR ?? '').split(','));
export const isOpen = (defect: Defect): boolean => OPEN.includes(defect) && !sought.has(defect) && !sought.has('all');
