/** What an operator can mend: said in a sentence, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Wrong settings: EX_CONFIG of sysexits.h, so that a platform does not restart for ever. */
const EX_CONFIG = 78;

const CONFIGURATION = ['SettingsError', 'ConfigError'];
const SENTENCES = [...CONFIGURATION, 'CommandError', 'AlreadyRunning', 'ChangedMeanwhile', 'NoPrimary'];

export interface Failure {
  /** Nothing where the reader of the command line has said it. */
  readonly text: string | undefined;
  readonly code: number;
}

interface FieldProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Why the storage is away, where an operator can mend it: whoever asked was told less. */
function noPrimaryIn(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.name === 'NoPrimary' ? error : noPrimaryIn(error.cause);
}

/**
 * What a command ends with when something is thrown. Errors are known by their names: what they are defined beside
 * need not be loaded to say that a command is spelt wrong.
 */
export function failureOf(thrown: unknown): Failure {
  const error = noPrimaryIn(thrown) ?? thrown;
  if (!(error instanceof Error)) return { text: String(error), code: 1 };
  if (error.name === 'CommanderError')
    return { text: undefined, code: (error as Error & { exitCode: number }).exitCode };
  const code = CONFIGURATION.includes(error.name) ? EX_CONFIG : 1;
  if (error.name === 'ZodError') {
    const { issues } = error as Error & { issues: readonly FieldProblem[] };
    return { text: issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'), code };
  }
  return { text: SENTENCES.includes(error.name) ? error.message : (error.stack ?? String(error)), code };
}
