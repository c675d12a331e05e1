/** What opens everything else; a sandbox makes its own, production is told. */
export const SECRETS = ['COOKIE_KEYS', 'DATA_KEYS', 'INDEX_KEY', 'PAIRWISE_KEY', 'DPOP_KEY'] as const;
export type Secret = (typeof SECRETS)[number];

interface SecretSettings {
  readonly COOKIE_KEYS?: readonly string[] | undefined;
  readonly DATA_KEYS?: readonly string[] | undefined;
  readonly INDEX_KEY?: string | undefined;
  readonly PAIRWISE_KEY?: string | undefined;
  readonly DPOP_KEY?: string | undefined;
}

const bytes = (text: string) => Buffer.from(text, 'base64').length;

export function secretProblems(settings: SecretSettings): { name: string; message: string }[] {
  const problems: { name: string; message: string }[] = [];
  if (settings.COOKIE_KEYS?.some((key) => key.length < 32)) {
    problems.push({ name: 'COOKIE_KEYS', message: 'each key needs 32 characters at least' });
  }
  for (const name of ['INDEX_KEY', 'PAIRWISE_KEY', 'DPOP_KEY'] as const) {
    const value = settings[name];
    if (value !== undefined && bytes(value) !== 32) problems.push({ name, message: 'must be 32 bytes in base64' });
  }
  const versions = settings.DATA_KEYS?.map((item) => item.split(':', 2)) ?? [];
  if (versions.some(([version, key]) => !/^[1-9]\d{0,3}$/.test(version ?? '') || bytes(key ?? '') !== 32)) {
    problems.push({ name: 'DATA_KEYS', message: 'each must be <version>:<32 bytes in base64>' });
  } else if (new Set(versions.map(([version]) => version)).size < versions.length) {
    problems.push({ name: 'DATA_KEYS', message: 'a version stands twice' });
  }
  // Each opens something else: a key in two places would give the other away.
  const seen = new Set<string>();
  for (const name of SECRETS) {
    for (const item of [settings[name] ?? []].flat()) {
      const key = name === 'DATA_KEYS' ? (item.split(':', 2)[1] ?? '') : item;
      if (seen.has(key)) problems.push({ name, message: 'holds a key that another secret holds too' });
      seen.add(key);
      // 32 bytes by chance hold some thirty different ones; a run of one letter is what a placeholder looks like.
      if (new Set(key).size < 8) problems.push({ name, message: 'is too regular to be a secret' });
    }
  }
  return problems;
}
