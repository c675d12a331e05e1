import { createHash } from 'node:crypto';

/** One statement as PostgreSQL takes it: numbered parameters, and the name of each. */
export interface Statement {
  readonly text: string;
  /** The same text has the same name in every process; PostgreSQL parses and plans it once for each connection. */
  readonly name: string;
  readonly parameters: readonly string[];
}

/** Text in quotes is left alone; `::type` is a cast, `:name` a parameter. */
const PIECES = /'(?:[^']|'')*'|::|:([A-Za-z]\w*)/g;

/** Statements are written in the code, never made of what somebody sent: there are as many as the code has. */
const known = new Map<string, Statement>();

export function statementOf(sql: string): Statement {
  const found = known.get(sql);
  if (found) return found;
  const parameters: string[] = [];
  // Each place has a number of its own: PostgreSQL gives every parameter one type, and one value may stand for two.
  const text = sql.replace(PIECES, (piece, name: string | undefined) =>
    name === undefined ? piece : `$${parameters.push(name)}`,
  );
  const statement = { text, name: `m${createHash('sha256').update(text).digest('hex').slice(0, 20)}`, parameters };
  known.set(sql, statement);
  return statement;
}
