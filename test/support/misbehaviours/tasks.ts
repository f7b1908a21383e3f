import assert from 'node:assert/strict';
import { createActor, SimulatedClock } from 'xstate';
import type { AnyActorLogic } from 'xstate';
import { createSessionHost, fromTask } from '../../../src/index.ts';
import type { TaskScope } from '../../../src/index.ts';
import { failingOnce, idle, provoke, taskWays, toldToEnd, wait } from '../tasks.ts';
import { boom, drain, laterBoom } from './host.ts';
import type { Misbehaviours } from './host.ts';

/** A host whose one session is a task. */
async function openTask(session: AnyActorLogic) {
  const clock = new SimulatedClock();
  const log: string[] = [];
  const logger = (line: string) => void log.push(line);
  const host = createSessionHost({ session, projectPaths: 'text', clock, shutdown: 100, logger });
  const opened = await host.startSession({ projectPath: '/projects/s1', id: 's1' });
  assert(opened.ok);
  return { host, clock, log, ref: opened.value.ref };
}

const failing: Misbehaviours = Object.fromEntries(
  taskWays.map((way) => [
    `has a task that fails by ${way.by}`,
    async () => {
      const { host, clock, log, ref } = await openTask(failingOnce(way));
      await provoke(ref, way, clock);
      await drain();
      assert.deepEqual(log, ['session s1 (s1) crashed: Error: boom', 'session s1 (s1) restarted as incarnation 2']);
      await host.close();
    },
  ]),
);

/** Of the tasks that a host runs. */
export const tasks: Misbehaviours = {
  ...failing,

  async 'has a task whose clean-up fails'() {
    for (const cleanUp of [boom, laterBoom]) {
      const { host, log } = await openTask(fromTask(({ signal }) => toldToEnd(signal).then(cleanUp)));
      await host.stopSession('s1');
      assert.match(log.join(), /^session s1 \(s1\) crashed: Error: (later )?boom$/);
      await host.close();
    }
  },

  async 'has a task of which more than one thing fails, also when it has ended'() {
    const { host, clock, log, ref } = await openTask(
      failingOnce({
        async fails(scope) {
          scope.receive(boom);
          scope.receive(laterBoom);
          scope.schedule(boom, 1);
          scope.schedule(laterBoom, 1);
          await toldToEnd(scope.signal);
          scope.schedule(boom, 1);
          await wait(scope, 2);
          boom();
        },
      }),
    );
    await provoke(ref, { afterMs: 2 }, clock);
    await drain();
    assert.deepEqual(log.toSorted(), [
      'session s1 (s1) crashed: Error: boom',
      'session s1 (s1) restarted as incarnation 2',
      'the clean-up of s1 threw: Error: boom',
    ]);
    await host.close();
  },

  async 'has a task that fails when it has been killed'() {
    const late = async (scope: TaskScope) => {
      await idle(scope);
      for (let turn = 0; turn < 3; turn++) await drain();
      scope.schedule(boom, 1);
      boom();
    };
    const { host, clock, log } = await openTask(fromTask(late));
    const stopped = host.stopSession('s1');
    clock.increment(100);
    assert.equal((await stopped).ok, true);
    for (let turn = 0; turn < 6; turn++) await drain();
    clock.increment(100);
    assert.deepEqual(log, []);
    await host.close();
  },

  async 'has nothing but a task, whose failure it observes'() {
    for (const way of taskWays) {
      const clock = new SimulatedClock();
      const actor = createActor(failingOnce(way), { clock });
      let errors = 0;
      actor.subscribe({ error: () => (errors += 1) });
      await provoke(actor.start(), way, clock);
      await drain();
      assert.equal(errors, 1);
    }
  },
};
