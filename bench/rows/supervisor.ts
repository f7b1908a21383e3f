import { createActor } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { ask, supervisor } from 'xstate-supervisor';
import * as by from '../names.ts';
import { newPaths } from '../project-paths.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { births, sessionMachine } from '../session-machine.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const children = 1_000;

export const oneForAll: Row = {
  name: 'a one_for_all restart of 1,000 children, for each of them',
  goals: [{ of: by.ours, to: `${by.bare} by hand`, atMost: 1.6 }],
  measure: (rounds) => timed({ [by.ours]: restartingAll(), [`${by.bare} by hand`]: replacingAll() }, rounds),
};

function restartingAll(): Contestant {
  const logic = supervisor({
    strategy: 'one_for_all',
    intensity: { maxRestarts: 1e6 },
    logger: () => {},
    children: newPaths(children).map((id) => ({
      id,
      src: sessionMachine,
      input: { session: { projectPath: id } },
    })),
  });
  const actor = createActor(logic).start();
  const running = async (): Promise<AnyActorRef[]> => {
    const answer = await ask(actor, { type: 'supervisor.which_children' });
    return answer.ok ? answer.value.flatMap(({ status, ref }) => (status === 'running' ? [ref!] : [])) : [];
  };
  let victim: AnyActorRef;
  let born = 0;
  return {
    operations: children,
    before: async () => {
      victim = (await running())[children / 2]!;
      born = births.count;
    },
    run: () => victim.send({ type: 'crash' }),
    after: async () => {
      same('children that began again', births.count - born, children);
      same('children that run', (await running()).length, children);
    },
  };
}

function replacingAll(): Contestant {
  const paths = newPaths(children);
  const create = (projectPath: string) => createActor(sessionMachine, { input: { session: { projectPath } } });
  let actors = paths.map((path) => create(path).start());
  return {
    operations: children,
    run: () => {
      // As a supervisor does it: the last one first.
      for (let n = children - 1; n >= 0; n--) actors[n]!.stop();
      actors = [];
      for (const path of paths) actors.push(create(path).start());
    },
    after: () => same('actors that run', actors.filter((it) => it.getSnapshot().status === 'active').length, children),
  };
}
