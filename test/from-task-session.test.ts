import type { AnyActorLogic, AnyEventObject } from 'xstate';
import { ask, fromTask, sessionTree } from '../src/index.ts';
import type { ReplyTo, Shutdown, TaskScope } from '../src/index.ts';
import { settled } from './support/answers.ts';
import { boom, go, throwBoom } from './support/crash-ways.ts';
import { openHost } from './support/open-host.ts';
import { elapse, toldToEnd, wait } from './support/tasks.ts';
import { crash, invoking, takes, tidy } from './support/tidy.ts';
import type { CleanUp } from './support/tidy.ts';
import { crashed, restarted, started, stopped, told } from './support/told.ts';
import { Journal } from './support/workers.ts';

// Where a session has its task.
const sessions: [is: string, wrap: (task: AnyActorLogic) => AnyActorLogic][] = [
  ['is a task', (task) => task],
  ['invokes a task', invoking],
  ['invokes what invokes a task', (task) => invoking(invoking(task))],
  ['is a tree with a task', (src) => sessionTree({ logger: () => {}, children: () => [{ id: 'task', src }] })],
];

describe.each(sessions)('A session that %s', (_is, wrap) => {
  async function open(cleanUp: CleanUp, shutdown: Shutdown = 300) {
    const journal = new Journal();
    const opened = openHost({ session: wrap(tidy(cleanUp, journal)), shutdown });
    const ref = await opened.open('s1');
    opened.events.length = 0;
    journal.take();
    return { ...opened, ref, journal };
  }

  it('is stopped when the task has cleaned up', async () => {
    const { host, clock, events } = await open(takes(100));
    const stopping = host.stopSession('s1');
    await elapse(clock, 99);
    expect([host.count(), events]).toEqual([1, []]);
    await elapse(clock, 1);
    expect(await stopping).toEqual({ ok: true, value: undefined });
    expect(told(events)).toEqual([stopped('s1', 'shutdown')]);
    expect([host.count(), clock.timers]).toEqual([0, 0]);
  });

  it('is killed when its time is over', async () => {
    const { host, clock, events } = await open(takes(301));
    const stopping = host.stopSession('s1');
    await elapse(clock, 299);
    expect(events).toEqual([]);
    await elapse(clock, 1);
    expect(await stopping).toEqual({ ok: true, value: undefined });
    expect(told(events)).toEqual([stopped('s1', 'killed')]);
    expect(clock.timers).toBe(0);
  });

  it('is not waited for where it is to be killed', async () => {
    const { host, clock, events } = await open(takes(1), 'brutal_kill');
    await host.stopSession('s1');
    expect(told(events)).toEqual([stopped('s1', 'killed')]);
    await settled();
    expect(clock.timers).toBe(0);
  });

  it('is restarted by hand when the task has cleaned up', async () => {
    const { host, clock, events, journal } = await open(takes(100));
    const restarting = host.restartSession('s1');
    await elapse(clock, 99);
    expect([journal.take(), events]).toEqual(['', []]);
    await elapse(clock, 1);
    expect(await restarting).toEqual({ ok: true, value: undefined });
    expect(told(events)).toEqual([restarted('s1', 2)]);
    expect(journal.take()).toMatch(/^-(\S+) \+\1$/);
  });

  it('is closed with the host when the task has cleaned up', async () => {
    const { host, clock, events, journal } = await open(takes(100));
    const closing = host.close();
    await elapse(clock, 99);
    expect(events).toEqual([]);
    await elapse(clock, 1);
    await closing;
    expect([journal.alive, clock.timers]).toEqual(['', 0]);
  });
});

describe.each(sessions.slice(0, 3))('A session that %s, and crashes,', (_is, wrap) => {
  it('is restarted when the task has cleaned up', async () => {
    const { host, clock, events, open } = openHost({ session: wrap(tidy(takes(100))) });
    const ref = await open('s1');
    events.length = 0;
    ref.send(crash);
    await elapse(clock, 99);
    expect([host.isRunning('s1'), events]).toEqual([false, []]);
    await elapse(clock, 1);
    expect(told(events)).toEqual([crashed('s1', 1, boom, expect.anything()), restarted('s1', 2)]);
  });
});

describe('A session that is a task, and cleans up after a crash,', () => {
  it('keeps what it is sent for its next life', async () => {
    const lives: AnyEventObject[][] = [];
    const session = fromTask(async (scope: TaskScope) => {
      const life: AnyEventObject[] = [];
      lives.push(life);
      scope.receive((event) => {
        life.push(event);
        if (event.type === 'crash') throwBoom();
      });
      await toldToEnd(scope.signal);
      await wait(scope, 100);
    });
    const { clock, open } = openHost({ session });
    const ref = await open('s1');
    ref.send(crash);
    ref.send(go);
    await elapse(clock, 100);
    expect(lives).toEqual([[crash], [go]]);
  });
});

describe('A machine that leaves the state of a task', () => {
  it('goes on at once, and so does the clean-up', async () => {
    const journal = new Journal();
    const { clock, events, open } = openHost({ session: invoking(tidy(takes(100), journal)) });
    const ref = await open('s1');
    ref.send({ type: 'leave' });
    expect(ref.getSnapshot().value).toBe('gone');
    await elapse(clock, 99);
    expect(journal.alive).toBe('task');
    await elapse(clock, 1);
    expect([journal.alive, clock.timers, told(events)]).toEqual(['', 0, [started('s1')]]);
  });

  it('and comes back runs it beside the clean-up of the one before', async () => {
    const journal = new Journal();
    const { host, clock, open } = openHost({ session: invoking(tidy(takes(100), journal)) });
    const ref = await open('s1');
    ref.send({ type: 'leave' });
    ref.send({ type: 'back' });
    expect(journal.alive).toBe('task task');
    await elapse(clock, 100);
    expect(journal.alive).toBe('task');
    const stopping = host.stopSession('s1');
    await elapse(clock, 100);
    await stopping;
    expect(journal.alive).toBe('');
  });

  it('is stopped when that has been cleaned up', async () => {
    const { host, clock, events, open } = openHost({ session: invoking(tidy(takes(400))), shutdown: 300 });
    const ref = await open('s1');
    ref.send({ type: 'leave' });
    await elapse(clock, 200);
    const stopping = host.stopSession('s1');
    await elapse(clock, 199);
    expect(told(events)).toEqual([started('s1')]);
    await elapse(clock, 1);
    await stopping;
    expect(told(events)).toEqual([started('s1'), stopped('s1', 'shutdown')]);
    expect(clock.timers).toBe(0);
  });

  it('does not fail of the clean-up; the logger hears of it', async () => {
    const { log, events, open } = openHost({ session: invoking(tidy(throwBoom)) });
    const ref = await open('s1');
    ref.send({ type: 'leave' });
    await settled();
    expect(log).toEqual(['the clean-up of task threw: Error: boom']);
    expect(told(events)).toEqual([started('s1')]);
  });
});

describe('A session that is a task whose clean-up fails', () => {
  it('has crashed as it was stopped', async () => {
    const { host, events, open } = openHost({ session: tidy(throwBoom) });
    await open('s1');
    await host.stopSession('s1');
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom), stopped('s1', 'error')]);
  });

  it('is restarted by hand nevertheless', async () => {
    const { host, events, open } = openHost({ session: tidy(throwBoom) });
    await open('s1');
    expect(await host.restartSession('s1')).toEqual({ ok: true, value: undefined });
    expect(told(events)).toEqual([started('s1'), crashed('s1', 1, boom), restarted('s1', 2)]);
  });
});

describe('A question to a session that is a task', () => {
  it('is refused when the task has been stopped', async () => {
    type Ask = { readonly type: 'ask'; readonly replyTo: ReplyTo<number> };
    const session = fromTask(async (scope: TaskScope<unknown, Ask>) => {
      scope.receive(() => {});
      await toldToEnd(scope.signal);
    });
    const { host, open } = openHost({ session });
    const answer = ask(await open('s1'), { type: 'ask' }).catch((error: unknown) => error);
    await host.stopSession('s1');
    expect(await answer).toMatchObject({ code: 'actor_stopped', reason: 'shutdown' });
  });
});
