import { useRef } from 'preact/hooks';
import type { Chart } from '../../protocol.ts';
import { browserMeasure } from './browser-measure.ts';
import { layout } from './layout.ts';
import type { Layout } from './layout.ts';

interface Laid {
  readonly chart: Chart;
  readonly text: string;
  readonly layout: Layout;
}

/** The layout of a chart: kept as long as the chart says the same, be it another object. */
export function useLayout(chart: Chart): Layout {
  const last = useRef<Laid | null>(null);
  if (last.current?.chart !== chart) {
    const text = JSON.stringify(chart);
    last.current = {
      chart,
      text,
      layout: last.current?.text === text ? last.current.layout : layout(chart, browserMeasure()),
    };
  }
  return last.current.layout;
}
