import { createSession, sessionRegistry } from 'xstate-supervisor';
import type { Session } from 'xstate-supervisor';
import { createActor } from 'xstate';
import { BareCrowd } from '../crowds/bare-crowd.ts';
import { filled, starting } from '../crowds/crowd.ts';
import { DynamicCrowd } from '../crowds/dynamic-crowd.ts';
import { EffectCrowd } from '../crowds/effect-crowd.ts';
import { Elixir, ElixirCrowd } from '../crowds/elixir-crowd.ts';
import { NactCrowd } from '../crowds/nact-crowd.ts';
import { SpawnedCrowd } from '../crowds/spawned-crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import { hold } from '../hold.ts';
import * as by from '../names.ts';
import { newSessions } from '../new-sessions.ts';
import { newPaths } from '../project-paths.ts';
import type { Goal, Row } from '../row.ts';
import { same } from '../same.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

// At 100,000 only those that a goal is about: all of them together would be a heap of gigabytes.
const sizes = [10, 1_000, 10_000, 100_000] as const;

export const start: Row[] = sizes.map((open) => ({
  name: `start a session, ${open.toLocaleString('en')} open`,
  goals: [
    { of: by.ours, to: by.bare, atMost: 1.7 },
    { of: by.ours, to: by.elixir, atMost: 1 },
    ...(open === 10_000 ? [{ of: by.spawned, to: by.ours, atLeast: 35 } satisfies Goal] : []),
  ],
  async measure(rounds) {
    const few = Math.min(1_000, Math.max(10, open / 10));
    const elixir = Elixir.open();
    const isSmall = open <= 10_000;
    const contestants = {
      [by.ours]: starting(await filled(new SupervisedCrowd(), open), few),
      [by.bare]: starting(await filled(new BareCrowd(), open), few),
      ...(isSmall && {
        // Each start takes as long as the children are many.
        [by.spawned]: starting(await filled(new SpawnedCrowd(), open), 10),
        [by.nact]: starting(await filled(new NactCrowd(), open), few),
        [by.effect]: starting(await filled(new EffectCrowd(), open), few),
      }),
      ...(elixir && {
        [by.elixir]: starting(await filled(new ElixirCrowd(elixir), open), Math.min(few, 500_000 / open)),
        [by.elixirIndexed]: starting(new ElixirCrowd(elixir, 'index'), Math.min(few, 100)),
      }),
    };
    return timed(contestants, rounds);
  },
}));

/** What a start is made of, as far as it can be had by itself. */
export const partsOfStart: Row = {
  name: 'parts of a start, 1,000 open',
  goals: [],
  async measure(rounds) {
    const open = 1_000;
    const few = 100;
    return timed(
      {
        'all: host.startSession': starting(await filled(new SupervisedCrowd(), open), few),
        'the value: createSession': creating(few),
        'the table: registry.register, with its checks': registering(open, few),
        'the actor, bare': starting(await filled(new BareCrowd(), open), few),
        'a child: child.start of a dynamicSupervisor': starting(await filled(new DynamicCrowd(), open), few),
        'an await': awaiting(few),
      },
      rounds,
    );
  },
};

function creating(operations: number): Contestant {
  let paths: string[] = [];
  return {
    operations,
    before: () => void (paths = newPaths(operations)),
    run: () => {
      for (const projectPath of paths) {
        const created = createSession({ projectPath });
        if (!created.ok) throw created.error;
        hold(created.value);
      }
    },
  };
}

function registering(open: number, operations: number): Contestant {
  const registry = createActor(sessionRegistry({ maxSessions: Infinity })).start();
  const register = (sessions: readonly Session[]) => {
    for (const session of sessions) registry.send({ type: 'registry.register', session });
  };
  register(newSessions(open));
  let sessions: Session[] = [];
  return {
    operations,
    before: () => void (sessions = newSessions(operations)),
    run: () => register(sessions),
    after: () => {
      same('registered', registry.getSnapshot().context.sessions.count, open + operations);
      for (const { id } of sessions) registry.send({ type: 'registry.unregister', id });
    },
  };
}

function awaiting(operations: number): Contestant {
  return {
    operations,
    run: async () => {
      for (let n = 0; n < operations; n++) hold(await Promise.resolve({ ok: true, value: n }));
    },
  };
}
