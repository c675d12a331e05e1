import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What V8 says of one file in one process: which parts ran how often; a part within another one counts for itself. */
interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** By file, whether each of its lines ran. */
export type Lines = Map<string, boolean[]>;

/** Adds what the processes of a run wrote in the folder that NODE_V8_COVERAGE named, of files that `wanted` names. */
export function addRun(lines: Lines, folder: string, wanted: (path: string) => boolean): void {
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: readonly Script[] };
    for (const { url, functions } of result) {
      const path = url.startsWith('file://') ? fileURLToPath(url.replace(/[?#].*$/, '')) : '';
      if (wanted(path)) addFile(lines, path, functions);
    }
  }
}

/** Types are stripped where they stand, so that V8's places are those of the source. */
function addFile(lines: Lines, path: string, functions: Script['functions']): void {
  const source = readFileSync(path, 'utf8');
  const ran = new Uint8Array(source.length);
  // The widest first: what is within another part overrules it.
  const ranges = functions.flatMap((one) => one.ranges);
  const width = ({ startOffset, endOffset }: Range) => endOffset - startOffset;
  for (const { startOffset, endOffset, count } of [...ranges].sort((one, other) => width(other) - width(one)))
    ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  const before = lines.get(path);
  lines.set(
    path,
    startsOf(source).map((start, at, starts) => {
      const end = starts[at + 1] ?? source.length;
      // As the usual tools count: a line ran unless all of it is in a part that did not.
      return before?.[at] === true || start === end || ran.subarray(start, end).includes(1);
    }),
  );
}

function startsOf(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0 && at + 1 < source.length; at = source.indexOf('\n', at + 1))
    starts.push(at + 1);
  return starts;
}
