import { METRICS } from './box.ts';
import type { Shape } from './box.ts';
import type { Lit } from './shapes.tsx';
import type { Line } from './text.ts';

/** The words of a state and of those in it. They lie above the arrows. */
export function Words({ shape, active }: { readonly shape: Shape } & Lit) {
  const { x, y, width, title, lines, chart, isRegion } = shape;
  const left = x + METRICS.padding;
  const top = y + METRICS.title;
  return (
    <>
      <g class={`words${isRegion ? ' region' : ''}${active.has(chart.path) ? ' active' : ''}`}>
        {chart.type === 'history' ? (
          <text class="title" x={x + width / 2} y={y + 18.5} text-anchor="middle">
            {chart.deep ? 'H*' : 'H'}
            <title>{chart.key}</title>
          </text>
        ) : (
          <text class="title" x={left} y={y + 20}>
            {title}
            {title !== chart.key && <title>{chart.key}</title>}
          </text>
        )}
        {lines.length > 0 && !isRegion && <path class="rule" d={`M${x + 1},${top}H${x + width - 1}`} />}
        {lines.map((line, index) => (
          <LineText key={index} line={line} x={left} y={top + 15.5 + index * METRICS.line} />
        ))}
      </g>
      {shape.shapes.map((inner) => (
        <Words key={inner.chart.path} shape={inner} active={active} />
      ))}
    </>
  );
}

interface LineProps {
  readonly line: Line;
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'middle';
}

export function LineText({ line, x, y, anchor }: LineProps) {
  return (
    <text class="line-text" x={x} y={y} text-anchor={anchor}>
      {line.parts.map(({ text, tone }, index) => (
        <tspan key={index} class={tone}>
          {text}
        </tspan>
      ))}
      {line.full !== undefined && <title>{line.full}</title>}
    </text>
  );
}
