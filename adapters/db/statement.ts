import { createHash } from 'node:crypto';

/** One statement as PostgreSQL takes it: numbered parameters, and the name of each. */
export interface Statement {
  readonly text: string;
  /** The same text has the same name in every process; PostgreSQL parses and plans it once for each connection. */
  readonly name: string;
  readonly parameters: readonly string[];
  /** It changes and locks nothing. */
  readonly reads: boolean;
}

/** Text in quotes is left alone; `::type` is a cast, `:name` a parameter. */
const PIECES = /'(?:[^']|'')*'|::|:([A-Za-z]\w*)/g;

/** Ours begin with what they do; one that begins with `with` may do anything. */
const READS =
  /^\s*select\b(?![\s\S]*(?:\bfor\s+(?:(?:no\s+key\s+)?update|(?:key\s+)?share)\b|advisory|notify|nextval|set_config))/i;

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
  const name = `m${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
  const statement = { text, name, parameters, reads: READS.test(sql) };
  known.set(sql, statement);
  return statement;
}
