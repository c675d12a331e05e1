import type { Encoded } from './decode.ts';
import { fromNginx } from './nginx.ts';

/**
 * `x-forwarded-client-cert`: one element for each hop, the last one appended by our own proxy; those before it are what
 * the client, or somebody before us, wrote. The last one without `Cert` means that our proxy saw no card.
 */
export function fromEnvoy(value: string): Encoded {
  const element = splitOutsideQuotes(value, ',')?.at(-1);
  const pairs = element === undefined ? undefined : splitOutsideQuotes(element, ';');
  if (!pairs) return 'malformed';
  const certificates = pairs.filter((pair) => /^\s*cert=/i.test(pair));
  const [pair] = certificates;
  if (pair === undefined) return 'none';
  const [, quoted] = /^\s*cert="([^"\\]*)"\s*$/i.exec(pair) ?? [];
  return certificates.length > 1 || quoted === undefined ? 'malformed' : fromNginx(quoted);
}

/** @returns undefined when a quotation does not end: what is inside and what outside can then be read two ways. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] | undefined {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted && sign === '\\') at += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return quoted ? undefined : parts;
}
