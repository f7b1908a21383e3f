import type { Chart, Plain } from '../../protocol.ts';

export interface StatechartProps {
  readonly chart: Chart;
  readonly value: Plain;
}

/** Stands in until the statechart is there. */
export function Statechart({ chart }: StatechartProps) {
  return <p class="muted">{chart.states.length} states</p>;
}
