import { ConfigError } from '../../src/http/errors.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const PLACEHOLDER = /\{\{\s*([\w-]*)\s*\}\}/g;

/**
 * A JSON body with `{{name}}` inside its strings. The template is parsed first and filled afterwards, so no value can
 * close a string, add a field or be filled in twice.
 * @throws {ConfigError} when it is not JSON, names something unknown or misses a required name.
 */
export function jsonTemplate<Required extends string, Optional extends string = never>(
  setting: string,
  template: string,
  required: readonly Required[],
  optional: readonly Optional[] = [],
): (values: Readonly<Record<Required | Optional, string>>) => string {
  let parsed: Json;
  try {
    parsed = JSON.parse(template) as Json;
  } catch {
    throw new ConfigError(`${setting} is not JSON; placeholders stand inside strings, as in "{{to}}"`);
  }
  const known = new Set<string>([...required, ...optional]);
  const used = new Set<string>();
  walk(parsed, (text) => {
    for (const [, name = ''] of text.matchAll(PLACEHOLDER)) {
      if (!known.has(name))
        throw new ConfigError(`${setting} names {{${name}}}, which is not one of ${[...known].join(', ')}`);
      used.add(name);
    }
    return text;
  });
  const missing = required.find((name) => !used.has(name));
  if (missing) throw new ConfigError(`${setting} needs {{${missing}}} inside a string`);
  return (values) =>
    JSON.stringify(walk(parsed, (text) => text.replace(PLACEHOLDER, (_, name: Required | Optional) => values[name])));
}

function walk(value: Json, onText: (text: string) => string): Json {
  if (typeof value === 'string') return onText(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, onText));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, onText)]));
}
