import type { Crash } from '../../protocol.ts';
import { ErrorBlock } from '../error-block.tsx';
import { summaryOf } from '../json/json-summary.ts';
import { clockText } from '../text/time-text.ts';

/** Newest first, as they come. */
export function Crashes({ crashes }: { readonly crashes: readonly Crash[] }) {
  return (
    <ol class="crashes">
      {crashes.map((crash) => (
        <li key={`${crash.at} ${crash.incarnation} ${crash.child ?? ''}`}>
          <p class="crash-when">
            <time class="time">{clockText(crash.at)}</time>
            {crash.child !== undefined && <span class="step-actor">{crash.child}</span>}
            <span>incarnation {crash.incarnation}</span>
          </p>
          <ErrorBlock error={crash.error} />
          {crash.event !== undefined && (
            <p class="crash-event">
              while it handled <code>{summaryOf(crash.event)}</code>
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}
