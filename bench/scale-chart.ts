/** A contestant: what one operation takes, in nanoseconds, with so many sessions open. */
export interface Line {
  readonly label: string;
  /** Written under the label. */
  readonly note: string | undefined;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const panel = { width: 310, height: 300, left: 70, top: 64, right: 130, bottom: 56 };
const outer = { width: panel.left + panel.width + panel.right, height: panel.top + panel.height + panel.bottom };
const lineHeight = 15;

const style = `
  text { font: 12px system-ui, sans-serif; fill: #57606a }
  .title { font-size: 14px; font-weight: 600; fill: #1f2328 }
  .grid { stroke: #d0d7de }
  .of0 { stroke: #0969da; fill: #0969da } .of1 { stroke: #6e7781; fill: #6e7781 }
  .of2 { stroke: #bc4c00; fill: #bc4c00 } .of3 { stroke: #8250df; fill: #8250df }
  path.line { fill: none; stroke-width: 2 }
  text.label { stroke: none; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .title { fill: #f0f6fc }
    .grid { stroke: #3d444d }
    .of0 { stroke: #58a6ff; fill: #58a6ff } .of1 { stroke: #9198a1; fill: #9198a1 }
    .of2 { stroke: #f0883e; fill: #f0883e } .of3 { stroke: #bc8cff; fill: #bc8cff }
  }
`;

/** Panels side by side, with logarithmic axes that they share, as SVG for a light and for a dark page. */
export function chart(panels: readonly Panel[]): string {
  const points = panels.flatMap(({ lines }) => lines.flatMap((line) => line.points));
  const x = axis(
    points.map((point) => point.x),
    0,
    panel.width,
  );
  const y = axis(
    points.map((point) => point.y),
    panel.height,
    0,
  );
  const drawn = panels.map((it, at) => {
    const place = `translate(${at * outer.width + panel.left} ${panel.top})`;
    return `<g transform="${place}">\n${[text(0, -36, it.title, 'title'), ...grid(x, y), ...curves(it, x, y)].join('\n')}\n</g>`;
  });
  const [width, height] = [outer.width * panels.length, outer.height];
  const names = panels.map(({ title }) => title.toLowerCase()).join(', and ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>The time that it takes ${names}, against the number of sessions that are open</title>`,
    `<style>${style}</style>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

interface Axis {
  /** The powers of ten, from below the values to above them. */
  readonly ticks: readonly number[];
  at(value: number): number;
}

function axis(values: readonly number[], from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, n) => 10 ** (low + n)),
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  };
}

function grid(x: Axis, y: Axis): string[] {
  return [
    ...y.ticks.flatMap((tick) => {
      const at = round(y.at(tick));
      return [`<path class="grid" d="M0 ${at}H${panel.width}"/>`, text(-8, at + 4, duration(tick), '', 'end')];
    }),
    ...x.ticks.map((tick) => text(x.at(tick), panel.height + 20, tick.toLocaleString('en'), '', 'middle')),
    text(panel.width / 2, panel.height + 42, 'sessions open', '', 'middle'),
    text(-62, -14, 'per session', '', 'start'),
  ];
}

function curves({ lines }: Panel, x: Axis, y: Axis): string[] {
  // The topmost first, and none so near to the one above that their labels meet.
  let free = -Infinity;
  const inOrder = lines
    .map((line, at) => ({ ...line, at, end: line.points.at(-1)! }))
    .toSorted((a, b) => b.end.y - a.end.y);
  return inOrder.flatMap(({ label, note, points, at, end }) => {
    const path = points.map((point) => `${round(x.at(point.x))} ${round(y.at(point.y))}`).join('L');
    const below = Math.max(y.at(end.y) + 4, free);
    free = below + lineHeight * (note === undefined ? 1 : 2);
    const beside = x.at(end.x) + 8;
    return [
      `<path class="line of${at}" d="M${path}"/>`,
      ...points.map(
        (point) => `<circle class="of${at}" cx="${round(x.at(point.x))}" cy="${round(y.at(point.y))}" r="2.5"/>`,
      ),
      text(beside, below, label, `label of${at}`),
      ...(note === undefined ? [] : [text(beside, below + lineHeight, note)]),
    ];
  });
}

function text(x: number, y: number, content: string, className = '', anchor = 'start'): string {
  const named = className === '' ? '' : ` class="${className}"`;
  return `<text${named} x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
}

function duration(ns: number): string {
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${ns / 1e3} µs`;
  return ns < 1e9 ? `${ns / 1e6} ms` : `${ns / 1e9} s`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
