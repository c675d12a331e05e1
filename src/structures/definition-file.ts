import { X509Certificate } from 'node:crypto';
import { extname } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { type StructureDefinition, structureDefinition } from './structure.ts';

/** What is wrong in a file of structures, all of it, by the place where it stands. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const LOGO_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.svg': 'image/svg+xml',
};

type Loose = Record<string, unknown>;
const isLoose = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One structure, a list of them, or a list under `structures`; JSON is YAML too. */
const listIn = (content: unknown): unknown[] => {
  const inner = isLoose(content) && 'structures' in content ? content.structures : content;
  return Array.isArray(inner) ? inner : [inner];
};

/** PEM, of whichever form a certificate was exported in: a domain's tools write DER (`.cer`) unless they are asked otherwise. */
function certificateIn(content: Buffer): string {
  const text = content.toString('utf8');
  if (text.includes('-----BEGIN')) return text;
  try {
    return new X509Certificate(content).toString();
  } catch {
    return text;
  }
}

/** Puts the content of `ca_file` and `logo_file` in place of their paths. */
function withFiles(given: unknown, read: (path: string) => Buffer): unknown {
  if (!isLoose(given)) return given;
  const { logo_file: logoFile, ...rest } = given;
  const filled: Loose = { ...rest };
  if (typeof logoFile === 'string')
    filled.logo = { type: LOGO_TYPES[extname(logoFile).toLowerCase()], base64: read(logoFile).toString('base64') };
  if (isLoose(rest.connector) && typeof rest.connector.ca_file === 'string') {
    const { ca_file: caFile, ...connector } = rest.connector;
    filled.connector = { ...connector, ca: certificateIn(read(String(caFile))) };
  }
  return filled;
}

/**
 * @param read reads a file that the definition names, from where the definition stands
 * @throws {DefinitionError} with every problem at once
 */
export function readDefinitions(text: string, read: (path: string) => Buffer): StructureDefinition[] {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new DefinitionError([`This is neither YAML nor JSON: ${(error as Error).message.split('\n')[0]}`]);
  }
  const problems: string[] = [];
  const definitions = listIn(content).flatMap((given, index) => {
    const name = isLoose(given) && typeof given.id === 'string' ? given.id : `structure ${index + 1}`;
    try {
      const parsed = structureDefinition.safeParse(withFiles(given, read));
      if (parsed.success) return [parsed.data];
      problems.push(...said(parsed.error).map((line) => `${name}: ${line}`));
    } catch (error) {
      problems.push(`${name}: ${(error as NodeJS.ErrnoException).path ?? ''} cannot be read`);
    }
    return [];
  });
  const twice = definitions.filter(({ id }, index) => definitions.findIndex((one) => one.id === id) !== index);
  problems.push(...twice.map(({ id }) => `${id}: stands twice`));
  if (problems.length > 0) throw new DefinitionError(problems);
  return definitions;
}

const said = (error: z.ZodError): string[] =>
  error.issues.map(({ path, message }) => `${path.join('.') || 'definition'}: ${message}`);
