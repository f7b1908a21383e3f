import type { ComponentChildren } from 'preact';
import type { Counters } from '../../protocol.ts';
import { useActions } from '../actions/actions.tsx';
import { useStore } from '../state/use-store.ts';
import { bytesText, countText, millisecondsText } from '../text/amount-text.ts';
import { growth } from './counter-history.ts';
import { Sparkline } from './sparkline.tsx';

const LENGTH = 60;

/** How the host is, in figures. */
export function CounterStrip() {
  const { state } = useStore('counters', 'hello');
  const { ask, allowed } = useActions();
  const history = state.counters;
  const now = history.at(-1);
  const trend = (of: (counters: Counters) => number) => <Sparkline values={growth(history, of)} length={LENGTH - 1} />;
  const level = (of: (counters: Counters) => number) => <Sparkline values={history.map(of)} length={LENGTH} />;

  return (
    <section class="counters" aria-label="Counters">
      <dl>
        <Counter name="Sessions" value={now && countText(now.sessions)}>
          {now && <Limit counters={now} />}
          {now && allowed && (
            <button class="quiet small" onClick={() => ask({ kind: 'limit', maxSessions: now.maxSessions })}>
              Limit…
            </button>
          )}
        </Counter>
        <Counter name="Started" value={now && countText(now.started)}>
          {trend(({ started }) => started)}
        </Counter>
        <Counter
          name="Crashes"
          value={now && countText(now.crashed)}
          concern={now && now.crashed > 0 ? 'bad' : undefined}
        >
          {trend(({ crashed }) => crashed)}
        </Counter>
        <Counter name="Restarts" value={now && countText(now.restarted)}>
          {trend(({ restarted }) => restarted)}
        </Counter>
        <Counter
          name="Gave up"
          value={now && countText(now.failed)}
          concern={now && now.failed > 0 ? 'bad' : undefined}
        >
          {trend(({ failed }) => failed)}
        </Counter>
        <Counter name="Dead letters" value={now && countText(now.deadLetters)}>
          {trend(({ deadLetters }) => deadLetters)}
        </Counter>
        <Counter name="Asks timed out" value={now && countText(now.askTimeouts)}>
          {trend(({ askTimeouts }) => askTimeouts)}
        </Counter>
        <Counter
          name="Loop delay"
          value={now && millisecondsText(now.eventLoopDelay.mean)}
          more={now && `max ${millisecondsText(now.eventLoopDelay.max)}`}
          concern={now && now.eventLoopDelay.max > 200 ? 'warn' : undefined}
        >
          {level(({ eventLoopDelay }) => eventLoopDelay.mean)}
        </Counter>
        <Counter
          name="Memory"
          value={now && bytesText(now.memory.rss)}
          more={now && `heap ${bytesText(now.memory.heapUsed)}`}
        >
          {level(({ memory }) => memory.rss)}
        </Counter>
      </dl>
    </section>
  );
}

interface CounterProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly more?: string;
  readonly concern?: 'bad' | 'warn';
  readonly children: ComponentChildren;
}

function Counter({ name, value, more, concern, children }: CounterProps) {
  return (
    <div class="counter" data-concern={concern}>
      <dt>{name}</dt>
      <dd>
        <span class="counter-value">{value ?? '–'}</span>
        {more && <span class="counter-more">{more}</span>}
        <span class="counter-trend">{children}</span>
      </dd>
    </div>
  );
}

function Limit({ counters: { sessions, maxSessions } }: { readonly counters: Counters }) {
  if (maxSessions === undefined) return <span class="counter-more">no limit</span>;
  return (
    <>
      <span class="counter-more">of {countText(maxSessions)}</span>
      <progress class="limit" max={Math.max(1, maxSessions)} value={sessions} aria-label="Sessions of the limit" />
    </>
  );
}
