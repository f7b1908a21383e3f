import { METRICS } from './box.ts';
import type { Shape } from './box.ts';

export interface Lit {
  readonly active: ReadonlySet<string>;
}

/** A state and those in it, without their words. */
export function State({ shape, active }: { readonly shape: Shape } & Lit) {
  const { chart, isRegion } = shape;
  const isActive = active.has(chart.path);
  const kind = isRegion ? 'region' : shape.shapes.length > 0 ? 'holder' : chart.type;
  return (
    <>
      <g class={`state ${kind}${isActive ? ' active' : ''}`} data-state={chart.path}>
        <Outline shape={shape} />
        {isActive && chart.type !== 'history' && (
          <circle class="mark" cx={shape.x + shape.width - 14} cy={shape.y + METRICS.title / 2} r="4" />
        )}
      </g>
      {shape.isInitial && <Initial shape={shape} />}
      {chart.type === 'parallel' && <Separators around={shape} />}
      {shape.shapes.map((inner) => (
        <State key={inner.chart.path} shape={inner} active={active} />
      ))}
    </>
  );
}

function Outline({ shape: { x, y, width, height, chart, isRegion } }: { readonly shape: Shape }) {
  if (isRegion) return <rect class="outline" x={x} y={y} width={width} height={height} rx="8" />;
  if (chart.type === 'history') {
    return <circle class="outline" cx={x + width / 2} cy={y + height / 2} r={width / 2} />;
  }
  return (
    <>
      <rect class="outline" x={x} y={y} width={width} height={height} rx={chart.path === '' ? 12 : 8} />
      {chart.type === 'final' && (
        <rect class="outline inner" x={x + 3.5} y={y + 3.5} width={width - 7} height={height - 7} rx="5" />
      )}
    </>
  );
}

/** The dot that an initial state is entered from. */
function Initial({ shape: { x, y, chart, height } }: { readonly shape: Shape }) {
  const dot = { x: x - 18, y: y + (chart.type === 'history' ? 2 : 4) };
  const end = y + (chart.type === 'history' ? height / 2 : 20);
  return (
    <g class="initial">
      <circle cx={dot.x} cy={dot.y} r="4.5" />
      <path class="line" d={`M${dot.x},${dot.y}Q${dot.x},${end} ${x - 7},${end}`} />
      <path d={`M${x - 8},${end - 4}L${x - 1},${end}L${x - 8},${end + 4}Z`} />
    </g>
  );
}

/** Dashed lines between the regions of a parallel state. */
function Separators({ around }: { readonly around: Shape }) {
  const half = METRICS.inset.x / 2;
  return (
    <g class="separators">
      {around.shapes.slice(1).map(({ x, y, height, chart }, index) => {
        const isBeside = around.shapes[index]!.y === y;
        const across = `M${around.x + half},${y - half}h${around.width - 2 * half}`;
        return <path key={chart.path} d={isBeside ? `M${x - half},${y}v${height}` : across} />;
      })}
    </g>
  );
}
