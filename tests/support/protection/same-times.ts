/**
 * Whether two kinds of request take the same time, from pairs of them asked by turns: what a busy machine does to one of
 * a pair it does to the other. Wilcoxon's signed ranks: only the order of the differences counts, so that one long pause
 * weighs no more than another.
 */

/** Standard score of these differences under "neither kind is slower". */
export function signedRankScore(differences: readonly number[]): number {
  const sorted = differences.filter((one) => one !== 0).sort((one, other) => Math.abs(one) - Math.abs(other));
  const n = sorted.length;
  const ranks = sorted.reduce((sum, one, at) => (one > 0 ? sum + at + 1 : sum), 0);
  const spread = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  return spread === 0 ? 0 : (ranks - (n * (n + 1)) / 4) / spread;
}

/** Chance alone goes beyond it three times in a thousand. */
const SUSPICIOUS = 3;

/**
 * A suspicion is looked into once more, with other tries: only the same difference again is a leak. Chance alone makes
 * one in 270,000 runs: 0.0027 × 0.00135.
 * @returns the scores of the rounds that were needed
 */
export async function leak(measure: () => Promise<readonly number[]>): Promise<{ leaks: boolean; scores: number[] }> {
  const first = signedRankScore(await measure());
  if (Math.abs(first) < SUSPICIOUS) return { leaks: false, scores: [first] };
  const second = signedRankScore(await measure());
  return { leaks: Math.abs(second) >= SUSPICIOUS && second > 0 === first > 0, scores: [first, second] };
}

const DRAWS = 300;

/**
 * How likely `leak` is to see one kind slower by so many milliseconds, with the noise that was measured: both rounds are
 * drawn anew, many times, from these differences about their middle.
 */
export function power(
  differences: readonly number[],
  milliseconds: number,
  random: () => number = Math.random,
): number {
  const middle = [...differences].sort((one, other) => one - other)[Math.floor(differences.length / 2)] ?? 0;
  const seen = () =>
    signedRankScore(
      differences.map(() => (differences[Math.floor(random() * differences.length)] ?? 0) - middle + milliseconds),
    ) >= SUSPICIOUS;
  const share = Array.from({ length: DRAWS }, seen).filter(Boolean).length / DRAWS;
  return share ** 2;
}
