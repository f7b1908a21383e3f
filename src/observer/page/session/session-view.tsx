import { JsonTree } from '../json/json-tree.tsx';
import { Panel } from '../panel.tsx';
import { ErrorBlock } from '../error-block.tsx';
import { Statechart } from '../statechart/statechart.tsx';
import { useNow } from '../state/use-now.ts';
import { useStore } from '../state/use-store.ts';
import { Children } from './children.tsx';
import { Crashes } from './crashes.tsx';
import { SessionFacts } from './session-facts.tsx';
import { SessionHead } from './session-head.tsx';
import { SessionMissing } from './session-missing.tsx';
import { StateValue } from './state-value.tsx';
import { Steps } from './steps.tsx';
import { Timers } from './timers.tsx';

/** All that there is to know of a session. */
export function SessionView({ id }: { readonly id: string }) {
  const store = useStore('session', 'tree', 'hello');
  const { state } = store;
  const now = useNow(store, 250);
  const detail = state.session?.id === id ? state.session : undefined;
  const gone = state.gone?.id === id ? state.gone : undefined;
  const node = state.tree.sessions.get(id);
  if (!detail) return <SessionMissing id={id} node={node} gone={gone} unanswered={state.watchUnanswered} />;

  const { snapshot, children, steps, timers, config } = detail;
  // The last crash came after what was seen last, and is the one to look for.
  const crashes = gone && gone.crashes.length > 0 ? gone.crashes : detail.crashes;
  const error = gone?.error ?? snapshot.error;
  const chart = state.hello?.chart;
  const isRunning = detail.status === 'running' && !gone;
  return (
    <>
      <SessionHead detail={detail} gone={gone} />
      <SessionFacts detail={detail} gone={gone !== undefined} now={now} />
      <div class="session-columns">
        <div class="session-main">
          <Panel title="State">
            <StateValue snapshot={snapshot} />
            {chart && (
              <div class="chart">
                <Statechart chart={chart} value={isRunning ? snapshot.value : undefined} />
              </div>
            )}
          </Panel>
          <Panel title="Events and transitions" count={steps.length}>
            <Steps steps={steps} />
          </Panel>
        </div>
        <div class="session-side">
          {crashes.length > 0 && (
            <Panel title="Crashes" count={crashes.length} class="panel-bad">
              <Crashes crashes={crashes} />
            </Panel>
          )}
          {error && (
            <Panel title="Error" class="panel-bad">
              <ErrorBlock error={error} />
            </Panel>
          )}
          {snapshot.context !== undefined && (
            <Panel title="Context">
              <JsonTree value={snapshot.context} label="Context" />
            </Panel>
          )}
          {snapshot.output !== undefined && (
            <Panel title="Output">
              <JsonTree value={snapshot.output} label="Output" />
            </Panel>
          )}
          <Panel title="Config">
            <JsonTree value={config} label="Config" />
          </Panel>
          <Panel title="Timers" count={timers.length}>
            <Timers timers={timers} now={now} />
          </Panel>
          <Panel title="Children" count={children.length}>
            <Children list={children} />
          </Panel>
        </div>
      </div>
    </>
  );
}
