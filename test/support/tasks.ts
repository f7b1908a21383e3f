import { fromTask } from '../../src/index.ts';
import type { TaskScope } from '../../src/index.ts';
import { settled } from './answers.ts';
import { boom, go, throwBoom } from './crash-ways.ts';
import type { CountingClock } from './counting-clock.ts';

/** Settles once a task is to end. */
export const toldToEnd = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

/** A wait on XState's clock. */
export const wait = ({ schedule }: Pick<TaskScope, 'schedule'>, ms: number): Promise<void> =>
  new Promise((resolve) => void schedule(resolve, ms));

/** A task that does nothing, until it is to end. */
export const idle = ({ signal }: Pick<TaskScope, 'signal'>): Promise<void> => toldToEnd(signal);

/** A way for a task to fail with `boom`. */
export interface TaskWay {
  readonly by: string;
  readonly fails: (scope: TaskScope) => unknown;
  /** Without `go`. */
  readonly ofItself?: true;
  /** The event in which it crashes, if not that of a rejection. */
  readonly event?: object;
  /** How much later, in milliseconds. */
  readonly afterMs?: number;
}

const ofItself = true;

const heard = ({ receive }: TaskScope): Promise<unknown> => new Promise((resolve) => receive(resolve));

const promiseOfItsOwn = (then: unknown): Promise<unknown> => Object.assign(Promise.resolve(), { then });

// What the task does besides, until it is to end.
const beside = (begin: (scope: TaskScope) => unknown) => (scope: TaskScope) => {
  begin(scope);
  return idle(scope);
};

export const taskWays: readonly TaskWay[] = [
  { by: 'a throw before it first awaits', ofItself, fails: async () => throwBoom() },
  { by: 'a throw after it awaited', fails: (scope) => heard(scope).then(throwBoom) },
  { by: 'a rejected promise that it returns', ofItself, fails: () => Promise.reject(boom) },
  {
    by: 'a thenable that rejects',
    ofItself,
    fails: () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(boom) }),
  },
  { by: 'a thenable that throws', ofItself, fails: () => ({ then: throwBoom }) },
  { by: 'a thenable that cannot be read', ofItself, fails: () => ({ get then() { return throwBoom(); } }) }, // prettier-ignore
  { by: 'a promise whose `then` throws', ofItself, fails: () => promiseOfItsOwn(throwBoom) },
  { by: 'a listener that throws', fails: beside(({ receive }) => receive(throwBoom)), event: go },
  {
    by: 'the second of its listeners',
    fails: beside(({ receive }) => {
      receive(() => {});
      receive(throwBoom);
    }),
    event: go,
  },
  { by: 'a listener that rejects', fails: beside(({ receive }) => receive(() => Promise.reject(boom))) },
  {
    by: 'a listener that rejects after it awaited',
    fails: beside(({ receive }) => receive(() => settled().then(throwBoom))),
  },
  {
    by: 'a listener that returns a thenable that throws',
    fails: beside(({ receive }) => receive(() => ({ then: throwBoom }))),
  },
  {
    by: 'a listener that returns a promise whose `then` throws',
    fails: beside(({ receive }) => receive(() => promiseOfItsOwn(throwBoom))),
  },
  {
    by: 'a scheduled function that throws',
    fails: beside(({ schedule }) => schedule(throwBoom, 10)),
    event: { type: 'xstate.task.timer', id: 1 },
    afterMs: 10,
  },
  {
    by: 'a scheduled function that rejects',
    fails: beside(({ schedule }) => schedule(() => Promise.reject(boom), 10)),
    afterMs: 10,
  },
  {
    by: 'what a listener scheduled',
    fails: beside(({ receive, schedule }) => receive(() => schedule(throwBoom, 10))),
    event: { type: 'xstate.task.timer', id: 1 },
    afterMs: 10,
  },
];

/** How a task tells itself that something rejected. */
export const rejection = (error: unknown): object => ({ type: 'xstate.task.throw', error });

/** A task that fails in that way, but only in its first life; after that, it is idle. */
export function failingOnce({ fails }: Pick<TaskWay, 'fails'>) {
  let lives = 0;
  return fromTask((scope: TaskScope) => (lives++ === 0 ? fails(scope) : idle(scope)));
}

/** Has a task fail in that way, if it does not of itself. */
export async function provoke(
  ref: { send(event: typeof go): void },
  { ofItself, afterMs = 0 }: Pick<TaskWay, 'ofItself' | 'afterMs'>,
  clock: Pick<CountingClock, 'increment'>,
): Promise<void> {
  if (!ofItself) ref.send(go);
  await settled();
  await settled();
  clock.increment(afterMs);
  await settled();
}

/** Lets the time pass, once all that is settled by now has been heard of. */
export async function elapse(clock: Pick<CountingClock, 'increment'>, ms: number): Promise<void> {
  await settled();
  clock.increment(ms);
  await settled();
}
