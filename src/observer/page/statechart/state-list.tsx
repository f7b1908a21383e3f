import type { Chart, ChartTransition } from '../../protocol.ts';
import type { Lit } from './shapes.tsx';

/** The chart for those who do not see it. */
export function StateList({ states, active }: { readonly states: readonly Chart[] } & Lit) {
  return (
    <ul>
      {states.map((chart) => {
        const isActive = active.has(chart.path);
        return (
          <li key={chart.path} aria-current={isActive ? 'true' : undefined}>
            {`${chart.key}${chart.type === 'atomic' || chart.type === 'compound' ? '' : `, ${chart.type}`}${isActive ? ', active' : ''}`}
            {chart.transitions.length > 0 && `: ${chart.transitions.map(sentence).join('; ')}`}
            {chart.states.length > 0 && <StateList states={chart.states} active={active} />}
          </li>
        );
      })}
    </ul>
  );
}

function sentence({ label, guard, targets }: ChartTransition): string {
  return `${label}${guard === undefined ? '' : ` if ${guard}`}${targets.length === 0 ? '' : ` to ${targets.join(', ')}`}`;
}
