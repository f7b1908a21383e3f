import type { Timer } from '../../protocol.ts';
import { countdownText, spanText } from '../text/time-text.ts';

export interface TimersProps {
  readonly timers: readonly Timer[];
  readonly now: number;
}

/** What is to come, the next first. */
export function Timers({ timers, now }: TimersProps) {
  if (timers.length === 0) return <p class="none-yet">No timer is pending.</p>;
  return (
    <ul class="timers">
      {timers
        .toSorted((a, b) => a.dueAt - b.dueAt)
        .map(({ actor, event, delayMs, dueAt }) => (
          <li key={`${actor} ${event} ${dueAt}`}>
            <span class="timer-what">
              {actor && <span class="step-actor">{actor}</span>}
              {textOf(event)}
              <small> after {spanText(delayMs)}</small>
            </span>
            <span class="timer-left">{countdownText(dueAt - now)}</span>
            <progress
              max={Math.max(1, delayMs)}
              value={Math.max(0, Math.min(delayMs, delayMs - (dueAt - now)))}
              aria-label={`Time of ${textOf(event)}`}
            />
          </li>
        ))}
    </ul>
  );
}

/** Of a state's own timer, the state: its name holds the delay, which is shown beside it. */
const textOf = (event: string): string => /^xstate\.after\.[^.]+\.(.+)$/.exec(event)?.[1] ?? event;
