import type { OpenRow } from './open-loop.ts';
import { type Name, type Row, ratio, two } from './report.ts';

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const COLOURS = { redis: '#00786c', postgres: '#7a8fb8', shed: '#d9a441', failed: '#b3261e' };
const [LEFT, WIDTH, STEP, TOP] = [260, 440, 46, 56];
/** The ratio at the right edge. */
const MOST = 1.2;

/** Bars of the ratios, the bare provider being 1; a line through each says how the rounds spread. */
function ratios(rows: readonly Row[]): string {
  const at = (value: number) => LEFT + Math.min(MOST, value) * (WIDTH / MOST);
  const bars = rows.flatMap((row, i) => {
    const y = TOP + i * STEP;
    const bar = (name: Name, dy: number, colour: string) => {
      const { min, median, max } = ratio(row, name);
      return `<rect x="${LEFT}" y="${y + dy}" width="${(at(median) - LEFT).toFixed(1)}" height="14" fill="${colour}"/>
<line x1="${at(min).toFixed(1)}" x2="${at(max).toFixed(1)}" y1="${y + dy + 7}" y2="${y + dy + 7}" stroke="#222"/>
<text x="${(at(Math.max(max, median)) + 6).toFixed(1)}" y="${y + dy + 11}">${two(median)}</text>`;
    };
    return [
      `<text x="${LEFT - 8}" y="${y + 21}" text-anchor="end">${escaped(row.scenario)}</text>`,
      bar('redis', 2, COLOURS.redis),
      bar('postgres', 18, COLOURS.postgres),
    ];
  });
  const bottom = TOP + rows.length * STEP;
  const scale = [0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<line x1="${at(value)}" x2="${at(value)}" y1="${TOP - 4}" y2="${bottom}" stroke="${value === 1 ? '#555' : '#ddd'}"/><text x="${at(value)}" y="${bottom + 14}" text-anchor="middle" fill="#555">${value}</text>`,
  );
  return [...scale, ...bars].join('\n');
}

/** What became of all that was asked for at twice the saturating rate; what saturates is the half of it. */
function overload(open: readonly OpenRow[], top: number): string {
  return open
    .map(({ work, double }, i) => {
      const y = top + i * 34;
      const share = (count: number) => count / (double.operations + double.shed + double.failed);
      let x = LEFT;
      const parts = (
        [
          [double.operations, COLOURS.redis],
          [double.shed, COLOURS.shed],
          [double.failed, COLOURS.failed],
        ] as const
      ).map(([count, colour]) => {
        const width = share(count) * WIDTH;
        const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="18" fill="${colour}"/>`;
        x += width;
        return rect;
      });
      const half = LEFT + WIDTH / 2;
      return `<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${escaped(work)}</text>${parts.join('')}<line x1="${half}" x2="${half}" y1="${y - 3}" y2="${y + 21}" stroke="#222"/>`;
    })
    .join('\n');
}

const key = (x: number, y: number, colour: string, text: string) =>
  `<rect x="${x}" y="${y - 10}" width="12" height="12" fill="${colour}"/><text x="${x + 17}" y="${y}">${text}</text>`;

export function chart(rows: readonly Row[], open: readonly OpenRow[]): string {
  const second = TOP + rows.length * STEP + 56;
  const height = second + (open.length > 0 ? 40 + open.length * 34 : 0);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 60} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Throughput beside bare oidc-provider, and what becomes of twice the load">
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="20" font-weight="600">Operations a second, bare oidc-provider with its memory storage = 1</text>
${key(12, 40, COLOURS.redis, 'Redis and PostgreSQL')}${key(172, 40, COLOURS.postgres, 'PostgreSQL alone')}
${ratios(rows)}
${
  open.length > 0
    ? `<text x="12" y="${second - 8}" font-weight="600">Asked for twice what it can do (the line: what it can do)</text>
${key(LEFT, second + 12, COLOURS.redis, 'done')}${key(LEFT + 80, second + 12, COLOURS.shed, 'told to come back (503)')}${key(LEFT + 260, second + 12, COLOURS.failed, 'failed')}
${overload(open, second + 26)}`
    : ''
}
</svg>
`;
}
