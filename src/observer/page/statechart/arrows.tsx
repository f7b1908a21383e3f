import { METRICS } from './box.ts';
import type { Arrow } from './layout.ts';
import { headOf, pathOf } from './path-of.ts';
import { LineText } from './shape-words.tsx';
import type { Lit } from './shapes.tsx';

type Props = { readonly arrows: readonly Arrow[] } & Lit;

/** Those that can be taken lie above the others. */
const inOrder = ({ arrows, active }: Props): { arrow: Arrow; isPossible: boolean }[] =>
  arrows
    .map((arrow) => ({ arrow, isPossible: active.has(arrow.source) }))
    .sort((a, b) => Number(a.isPossible) - Number(b.isPossible));

export const Arrows = (props: Props) => (
  <>
    {inOrder(props).map(({ arrow, isPossible }) => (
      <g
        key={`${arrow.source} > ${arrow.target}`}
        class={`arrow${isPossible ? ' possible' : ''}`}
        data-source={arrow.source}
        data-target={arrow.target}
      >
        <path class="line" d={pathOf(arrow.runs)} />
        <path class="head" d={headOf(arrow.runs)} />
      </g>
    ))}
  </>
);

export const ArrowLabels = (props: Props) => (
  <>
    {inOrder(props).map(({ arrow: { source, target, label }, isPossible }) => (
      <g key={`${source} > ${target}`} class={`label${isPossible ? ' possible' : ''}`}>
        <rect x={label.x} y={label.y} width={label.width} height={label.height} rx="6" />
        {label.lines.map((line, index) => (
          <LineText
            key={index}
            line={line}
            anchor="middle"
            x={label.x + label.width / 2}
            y={label.y + METRICS.label.y + 12 + index * METRICS.label.line}
          />
        ))}
      </g>
    ))}
  </>
);
