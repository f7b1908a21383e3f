import type { AnyActorRef } from 'xstate';
import { same } from '../same.ts';
import type { Contestant } from '../timed.ts';

const after: Readonly<Record<string, string>> = { idle: 'working', working: 'paused', paused: 'idle' };

// One more than the states divide, so that each run ends in the state after the one in which it began.
const operations = 10_000 * 3 + 1;

/** Times events, to the first session of a crowd. */
export function sending(crowd: { send(times: number): unknown; refs(): readonly AnyActorRef[] }): Contestant {
  const state = (): string => crowd.refs()[0]!.getSnapshot().value as string;
  let before = '';
  return {
    operations,
    before: () => void (before = state()),
    run: () => crowd.send(operations),
    after: () => same('state after many events', state(), after[before]),
  };
}
