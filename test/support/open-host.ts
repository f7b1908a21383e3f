import type { AnyActorLogic } from 'xstate';
import { createSessionHost } from '../../src/index.ts';
import type { SessionHost, SessionHostEvent, SessionHostOptions, SessionRef } from '../../src/index.ts';
import { settled } from './answers.ts';
import { CountingClock } from './counting-clock.ts';

/** A host on simulated time whose paths are only text, and all that it said. */
export interface HostInTest<TLogic extends AnyActorLogic, TConfig> {
  readonly host: SessionHost<TLogic, TConfig>;
  readonly clock: CountingClock;
  readonly log: string[];
  readonly events: SessionHostEvent<TLogic, TConfig>[];
  /** Starts a session, on a path of its own. */
  open(id?: string): Promise<SessionRef<TLogic>>;
}

const hosts: { readonly host: { close(): Promise<void> }; readonly clock: CountingClock }[] = [];

/** A host that is closed after the test. */
export function openHost<TLogic extends AnyActorLogic, TConfig = Record<string, unknown>>(
  options: SessionHostOptions<TLogic, TConfig>,
): HostInTest<TLogic, TConfig> {
  const clock = new CountingClock();
  const log: string[] = [];
  const events: SessionHostEvent<TLogic, TConfig>[] = [];
  const host = createSessionHost<TLogic, TConfig>({
    projectPaths: 'text',
    clock,
    logger: (line) => log.push(line),
    ...options,
  });
  host.on('*', (event) => events.push(event));
  hosts.push({ host, clock });
  let opened = 0;
  const open = async (id = `s${++opened}`) => {
    const started = await host.startSession({ projectPath: `/projects/${id}`, id });
    if (!started.ok) throw started.error;
    return started.value.ref;
  };
  return { host, clock, log, events, open };
}

/** Events of one type, out of many. */
export const ofType = <TEvent extends { readonly type: string }, TType extends TEvent['type']>(
  events: readonly TEvent[],
  type: TType,
): Extract<TEvent, { readonly type: TType }>[] =>
  events.filter((event): event is Extract<TEvent, { readonly type: TType }> => event.type === type);

/** Waits, without jitter, so that each delay is known: 100 ms, then 200, then 400. */
export const steadyBackoff = { minMs: 100, maxMs: 1_000, jitter: 'none' } as const;

afterEach(async () => {
  for (const { host, clock } of hosts.splice(0)) {
    const closed = host.close();
    // Nobody is left who would end gracefully, and a store may hang.
    for (let turn = 0; turn < 3; turn += 1) {
      clock.increment(1e9);
      await settled();
    }
    await closed;
  }
});
