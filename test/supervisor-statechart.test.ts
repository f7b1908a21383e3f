import type { AnyActorRef, AnyStateMachine } from 'xstate';
import { getStateNodes } from 'xstate/graph';
import { dynamicSupervisor, sessionTree, supervisor } from '../src/index.ts';
import type { SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { hasNoted, scripted, worker } from './support/workers.ts';

/** A way through the statechart: what is done to a supervisor, and the states that it is seen in. */
interface Walk {
  readonly name: string;
  readonly options: () => SupervisorOptions;
  readonly act: (it: Scene) => void;
  readonly states: string[];
}

describe('the statechart of a supervisor', () => {
  const src = worker();
  const slow = { id: 'slow', src: worker({ closing: 10 }) };
  const group = { strategy: 'one_for_all', intensity: { maxRestarts: 1 } } as const;
  const waiting = { id: 'waiting', src, ready: hasNoted };
  const note = (it: Scene) => it.anyRef('waiting').send({ type: 'note' });

  const walks: Walk[] = [
    {
      name: 'starts, and is told to stop',
      options: () => ({ children: [waiting, slow] }),
      act: (it) => {
        note(it);
        it.actor.send({ type: 'supervisor.stop' });
        it.pass(10);
      },
      states: ['starting', 'running', 'stopping', 'stopped'],
    },
    {
      name: 'restarts a group, and is told to stop meanwhile',
      options: () => ({ ...group, children: [slow, { id: 'a', src }] }),
      act: (it) => {
        it.crash('a');
        it.actor.send({ type: 'supervisor.stop' });
        it.pass(20);
      },
      states: ['starting', 'running', 'restarting', 'stopping', 'stopped'],
    },
    {
      name: 'restarts a group, and then gives up',
      options: () => ({ ...group, children: [slow, { id: 'a', src }] }),
      act: (it) => {
        it.crash('a');
        it.pass(10);
        it.crash('a');
        it.pass(10);
      },
      states: ['starting', 'running', 'restarting', 'running', 'stopping', 'gave_up'],
    },
    {
      name: 'fails to start',
      options: () => ({ children: [slow, { id: 'a', src, ...scripted('fail') }] }),
      act: (it) => it.pass(10),
      states: ['starting', 'stopping', 'start_failed'],
    },
    {
      name: 'restarts a child as soon as all have started',
      options: () => ({ children: [{ ...scripted('end'), ...waiting, ready: isOver }] }),
      act: (it) => {
        note(it);
        it.actor.stop();
      },
      states: ['starting', 'restarting', 'running'],
    },
  ];

  it.each(walks)('$name', (walk) => {
    expect(statesOf(walk)).toEqual(walk.states);
  });

  it('has no arrow that none of those takes', () => {
    const walked = walks
      .map(statesOf)
      .flatMap((states) => states.slice(1).map((state, n) => `${states[n]} -> ${state}`));
    expect([...new Set(walked)].toSorted()).toEqual(arrows(supervisor({ logger: () => {} })));
  });

  it('is the same for every supervisor', () => {
    const expected = arrows(supervisor({ logger: () => {} }));
    expect(arrows(dynamicSupervisor({ logger: () => {} }))).toEqual(expected);
    expect(arrows(sessionTree({ logger: () => {}, children: () => [] }))).toEqual(expected);
  });

  it('ends in a state that says how, and answers nothing more', () => {
    const it = new Scene((logger) => supervisor({ logger, children: [{ id: 'a', src }] }));
    it.tell({ type: 'supervisor.stop' });
    expect(it.tell({ type: 'supervisor.count_children' })).toBe('no answer yet');
  });

  function statesOf({ options, act }: Walk): string[] {
    const states: string[] = [];
    const it = new Scene((logger) => supervisor({ logger, ...options() }), {
      inspect: (event) => {
        if (event.type !== '@xstate.microstep' || (event.actorRef as AnyActorRef).id !== 'sup') return;
        const { value } = event.snapshot as unknown as { value: string };
        if (value !== states.at(-1)) states.push(value);
      },
    });
    act(it);
    expect(it.timers).toBe(0);
    return states;
  }

  function arrows(logic: unknown): string[] {
    return getStateNodes(logic as AnyStateMachine)
      .flatMap(({ key, always, transitions }) =>
        [...(always ?? []), ...[...transitions.values()].flat()]
          .filter(({ target }) => target !== undefined)
          .map(({ target }) => `${key} -> ${target![0]!.key}`),
      )
      .toSorted();
  }

  // So that it counts as started the first time, though it is done at once.
  function isOver(snapshot: never): boolean {
    return (snapshot as { status: string }).status === 'done' || hasNoted(snapshot);
  }
});
