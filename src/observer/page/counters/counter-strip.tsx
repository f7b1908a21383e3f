import type { ComponentChildren } from 'preact';
import type { Counters } from '../../protocol.ts';
import { useActions } from '../actions/actions.tsx';
import { useStore } from '../state/use-store.ts';
import { bytesText, countText, millisecondsText } from '../text/amount-text.ts';
import { grownLastMinute, growth } from './counter-history.ts';
import { Sparkline } from './sparkline.tsx';

const growing: readonly { name: string; of: (counters: Counters) => number; bad?: boolean }[] = [
  { name: 'Started', of: ({ started }) => started },
  { name: 'Crashes', of: ({ crashed }) => crashed, bad: true },
  { name: 'Restarts', of: ({ restarted }) => restarted },
  { name: 'Gave up', of: ({ failed }) => failed, bad: true },
  { name: 'Dead letters', of: ({ deadLetters }) => deadLetters },
  { name: 'Asks timed out', of: ({ askTimeouts }) => askTimeouts },
];

/** How the host is, in figures. */
export function CounterStrip() {
  const { state } = useStore('counters', 'hello');
  const { ask, allowed } = useActions();
  const history = state.counters;
  const now = history.at(-1);
  const grown = (of: (counters: Counters) => number) => {
    const sum = grownLastMinute(history, of);
    return sum > 0 ? `+${countText(sum)} last min` : undefined;
  };

  return (
    <section class="counters" aria-label="Counters">
      <dl>
        <Counter
          name="Sessions"
          value={now && countText(now.sessions)}
          more={
            now && (
              <>
                {limitText(now)}
                {allowed && (
                  <button class="quiet small" onClick={() => ask({ kind: 'limit', maxSessions: now.maxSessions })}>
                    Change…<span class="unseen"> the limit</span>
                  </button>
                )}
              </>
            )
          }
        >
          {now?.maxSessions !== undefined && (
            <progress max={Math.max(1, now.maxSessions)} value={now.sessions} aria-label="Sessions of the limit" />
          )}
        </Counter>
        {growing.map(({ name, of, bad }) => (
          <Counter
            key={name}
            name={name}
            value={now && countText(of(now))}
            more={grown(of)}
            concern={bad && now && of(now) > 0 ? 'bad' : undefined}
          >
            <Sparkline values={growth(history, of)} />
          </Counter>
        ))}
        <Counter
          name="Loop delay"
          value={now && millisecondsText(now.eventLoopDelay.mean)}
          more={now && `max ${millisecondsText(now.eventLoopDelay.max)}`}
          concern={now && now.eventLoopDelay.max > 200 ? 'warn' : undefined}
        >
          <Sparkline values={history.map(({ eventLoopDelay }) => eventLoopDelay.mean)} />
        </Counter>
        <Counter
          name="Memory"
          value={now && bytesText(now.memory.rss)}
          more={now && `heap ${bytesText(now.memory.heapUsed)}`}
        >
          <Sparkline values={history.map(({ memory }) => memory.rss)} />
        </Counter>
      </dl>
    </section>
  );
}

interface CounterProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly more?: ComponentChildren;
  readonly concern?: 'bad' | 'warn';
  readonly children: ComponentChildren;
}

function Counter({ name, value, more, concern, children }: CounterProps) {
  return (
    <div class="counter" data-concern={concern}>
      <dt>{name}</dt>
      <dd>
        <span class="counter-value">{value ?? '–'}</span>
        <span class="counter-trend">{children}</span>
        <span class="counter-more">{more}</span>
      </dd>
    </div>
  );
}

function limitText({ maxSessions }: Counters): string {
  return maxSessions === undefined ? 'no limit' : `of ${countText(maxSessions)}`;
}
