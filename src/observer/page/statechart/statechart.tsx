import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Chart, Plain } from '../../protocol.ts';
import { activePaths } from './active.ts';
import { ArrowLabels, Arrows } from './arrows.tsx';
import { Words } from './shape-words.tsx';
import { State } from './shapes.tsx';
import { StateList } from './state-list.tsx';
import './statechart.css';
import { useLayout } from './use-layout.ts';

/** Below this, words cannot be read: a larger chart is scrolled instead. */
const MIN_SCALE = 0.6;
const STEP = 1.25;

/** The statechart of a machine; its active states are lit, as its state value has them. None: it does not run. */
export function Statechart({ chart, value }: { readonly chart: Chart; readonly value?: Plain | undefined }) {
  const { root, arrows, width, height } = useLayout(chart);
  const [zoom, setZoom] = useState<number>();
  const view = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const active = activePaths(value);
  const zoomBy = (factor: number) => {
    const shown = view.current!.querySelector('svg')!.getBoundingClientRect().width / width;
    setZoom(Math.max(0.1, Math.min(4, shown * factor)));
  };
  useLayoutEffect(() => showActive(view.current!), [root]);
  return (
    <section class="statechart" aria-label={`Statechart of ${root.title}`}>
      <div class="statechart-view" ref={view} tabIndex={0} role="group" aria-labelledby={titleId}>
        <svg
          role="img"
          aria-labelledby={titleId}
          viewBox={`0 0 ${Math.ceil(width)} ${Math.ceil(height)}`}
          style={
            zoom === undefined
              ? { width: '100%', maxWidth: `${Math.ceil(width)}px`, minWidth: `${Math.ceil(width * MIN_SCALE)}px` }
              : { width: `${Math.ceil(width * zoom)}px` }
          }
        >
          <title id={titleId}>{`Statechart of ${root.title}`}</title>
          <State shape={root} active={active} />
          <Arrows arrows={arrows} active={active} />
          <Words shape={root} active={active} />
          <ArrowLabels arrows={arrows} active={active} />
        </svg>
      </div>
      <div class="statechart-zoom">
        <button type="button" onClick={() => zoomBy(1 / STEP)} aria-label="Zoom out" title="Zoom out">
          −
        </button>
        <button type="button" onClick={() => zoomBy(STEP)} aria-label="Zoom in" title="Zoom in">
          +
        </button>
        <button type="button" onClick={() => setZoom(undefined)} title="As wide as there is room">
          Fit
        </button>
      </div>
      <div class="statechart-list">
        <StateList states={[chart]} active={active} />
      </div>
    </section>
  );
}

/** Scrolls a chart that does not fit to its innermost active state. The page stays where it is. */
function showActive(view: HTMLElement): void {
  const innermost = [...view.querySelectorAll('.state.active')].at(-1);
  if (!innermost) return;
  const [around, at] = [view.getBoundingClientRect(), innermost.getBoundingClientRect()];
  if (at.bottom > around.bottom) view.scrollTop += at.bottom - around.bottom + 40;
  if (at.right > around.right) view.scrollLeft += at.right - around.right + 40;
}
