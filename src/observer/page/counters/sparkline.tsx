export interface SparklineProps {
  /** Oldest first. */
  readonly values: readonly number[];
}

const WIDTH = 64;
const HEIGHT = 18;
const FEWEST = 20;

/** Tells the trend at a glance; the figure is beside it. */
export function Sparkline({ values }: SparklineProps) {
  const top = Math.max(...values, 0);
  if (values.length < 2 || top === 0) return <svg class="sparkline" aria-hidden="true" />;
  // A short history begins at the right edge.
  const step = WIDTH / (Math.max(values.length, FEWEST) - 1);
  const start = WIDTH - step * (values.length - 1);
  const points = values.map((value, at) => {
    const y = HEIGHT - 1 - (value / top) * (HEIGHT - 2);
    return `${(start + at * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`${start.toFixed(1)},${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
}
