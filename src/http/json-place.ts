const at = (value: unknown, step: string): unknown =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, step)
    ? (value as Record<string, unknown>)[step]
    : undefined;

/** @returns one for each element that `*` stands for, undefined where there is none, so that two places go together */
export function valuesAt(json: unknown, place: string): (string | undefined)[] {
  let found: unknown[] = [json];
  for (const step of place.split('.')) {
    found =
      step === '*'
        ? found.flatMap((one) => (Array.isArray(one) ? one : [undefined]))
        : found.map((one) => at(one, step));
  }
  return found.map((one) => (typeof one === 'string' || typeof one === 'number' ? String(one) : undefined));
}
