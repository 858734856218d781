/** Curves as SVG: one panel for each measure, axes drawn for powers of ten, no script, no font but the reader's. */

export interface Panel {
  readonly title: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** A line across, at what is asked for at most. */
  readonly limit?: { readonly y: number; readonly text: string };
  /** Linear from 0 where a tenfold scale would hide how flat it is. */
  readonly scale: 'log' | 'linear';
}

const WIDTH = 300;
const HEIGHT = 230;
const MARGIN = { left: 48, right: 14, top: 34, bottom: 40 } as const;
const INK = '#334155';
const GRID = '#cbd5e1';
const CURVE = '#0f766e';
const LIMIT = '#b45309';

/** A row of panels over the same axis, which counts `unit`. */
export function drawChart(title: string, unit: string, panels: readonly Panel[]): string {
  const body = panels.map((panel, i) => `<g transform="translate(${i * WIDTH} 24)">${drawPanel(panel, unit)}</g>`);
  const [width, height] = [panels.length * WIDTH, HEIGHT + 24];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      `font-family="system-ui, sans-serif" font-size="11" fill="${INK}" role="img" aria-label="${title}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="18" font-size="13" font-weight="600">${title}</text>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

interface Axis {
  /** Values with a tick, the outermost ones the ends of the axis. */
  readonly ticks: readonly number[];
  /** 0 … 1 along the axis. */
  place(value: number): number;
}

function drawPanel({ title, points, limit, scale }: Panel, unit: string): string {
  const xs = logAxis(points.map(({ x }) => x));
  const values = [...points.map(({ y }) => y), ...(limit ? [limit.y] : [])];
  const ys = scale === 'log' ? logAxis(values) : linearAxis(values);
  const left = (x: number) => MARGIN.left + xs.place(x) * (WIDTH - MARGIN.left - MARGIN.right);
  const top = (y: number) => HEIGHT - MARGIN.bottom - ys.place(y) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const [x1, x2] = [MARGIN.left, WIDTH - MARGIN.right];
  const rows = ys.ticks.map(
    (y) =>
      `<line x1="${x1}" x2="${x2}" y1="${at(top(y))}" y2="${at(top(y))}" stroke="${GRID}"/>` +
      `<text x="${x1 - 6}" y="${at(top(y) + 4)}" text-anchor="end">${label(y)}</text>`,
  );
  const columns = xs.ticks.map(
    (x) => `<text x="${at(left(x))}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${label(x)}</text>`,
  );
  const curve = points.map(({ x, y }) => `${at(left(x))},${at(top(y))}`).join(' ');
  const dots = points.map(({ x, y }) => `<circle cx="${at(left(x))}" cy="${at(top(y))}" r="3" fill="${CURVE}"/>`);
  const bound = limit && [
    `<line x1="${x1}" x2="${x2}" y1="${at(top(limit.y))}" y2="${at(top(limit.y))}" stroke="${LIMIT}" stroke-dasharray="5 4"/>`,
    `<text x="${x2}" y="${at(top(limit.y) - 4)}" text-anchor="end" fill="${LIMIT}">${limit.text}</text>`,
  ];
  return [
    `<text x="${x1}" y="${MARGIN.top - 12}">${title}</text>`,
    ...rows,
    ...columns,
    `<text x="${(x1 + x2) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${unit}</text>`,
    ...(bound ?? []),
    `<polyline points="${curve}" fill="none" stroke="${CURVE}" stroke-width="2"/>`,
    ...dots,
  ].join('\n');
}

/** From the power of ten below the least value to the one above the greatest. */
function logAxis(values: readonly number[]): Axis {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    ticks: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)),
    place: (value) => (Math.log10(value) - first) / (last - first),
  };
}

/** From 0 to a round number above the greatest value, in up to six steps. */
function linearAxis(values: readonly number[]): Axis {
  const greatest = Math.max(...values);
  const power = 10 ** Math.floor(Math.log10(greatest));
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * power).find((step) => greatest / step <= 5) ?? 2 * power;
  const count = Math.ceil(greatest / step);
  return {
    ticks: Array.from({ length: count + 1 }, (_, i) => i * step),
    place: (value) => value / (count * step),
  };
}

function label(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  if (value >= 1_000) return `${value / 1_000}k`;
  return String(Number(value.toPrecision(3)));
}

function at(pixels: number): string {
  return pixels.toFixed(1);
}
