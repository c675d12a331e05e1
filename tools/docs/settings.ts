import { SECRETS } from '../../config/secret-settings.ts';
import { describeSettings, MASKED, readSettings, SettingsError } from '../../config/settings.ts';
import { table } from './table.ts';

/** What an empty production environment is refused for: exactly what has to be set. */
function requiredInProduction(): ReadonlySet<string> {
  try {
    readSettings({ MIRE_ENV: 'production' }, () => {
      throw new Error('production invents no secret');
    });
  } catch (error) {
    if (error instanceof SettingsError) return new Set(error.problems.map(({ name }) => name));
    throw error;
  }
  throw new Error('production started without a single setting');
}

const shown = (value: unknown): string => {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '';
  if (Array.isArray(value)) return `\`${value.join(',')}\``;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

/** Every setting, from the schema that reads it. */
export function settingsPage(): string {
  const required = requiredInProduction();
  const secrets: ReadonlySet<string> = new Set(SECRETS);
  const kept = (name: string) => (secrets.has(name) ? 'secret' : MASKED.has(name) ? 'may hold one' : '');
  const rows = describeSettings().map(({ name, text, fallback }) => [
    `\`${name}\``,
    shown(fallback),
    required.has(name) ? 'required' : '',
    kept(name),
    // Markdown takes <version> for an element.
    text.replaceAll('<', '\\<'),
  ]);
  return `# Settings

<!-- Made by \`npm run docs\` from config/settings.ts: change that. -->

Settings are environment variables. Each may be given as \`NAME_FILE\`, the path of a file that holds the value, as
container platforms mount secrets. An empty value counts as none. The sandbox needs none of them; production
(\`MIRE_ENV=production\`) refuses to start until all are right, and names every wrong one at once (exit code 78).
\`npm run mire -- settings\` shows what is in force, with secrets masked.

${table(['Name', 'Default', 'Production', 'Secret', 'Meaning'], rows)}

The secrets of a new deployment, one of each:

\`\`\`sh
openssl rand -base64 32                # INDEX_KEY, PAIRWISE_KEY, DPOP_KEY, COOKIE_KEYS
echo "1:$(openssl rand -base64 32)"    # DATA_KEYS
\`\`\`
`;
}
