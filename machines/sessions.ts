import { setup } from 'xstate';
import type { AnyActorLogic, AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { guarded } from '../src/guarded.ts';
import { supervisorLogic } from '../src/logic.ts';
import type { ResolvedSessionOptions } from '../src/session-options.ts';
import { SessionsActor } from '../src/sessions/sessions-actor.ts';
import type { SessionsInput } from '../src/sessions/sessions-actor.ts';

/** The dynamic supervisor of sessions, as actor logic. Part of `sessionRuntime`, which gives it its registry. */
export function sessionsLogic(options: ResolvedSessionOptions) {
  const machine = setup({
    types: {
      context: {} as { readonly sessions: SessionsActor },
      input: {} as SessionsInput,
    },
    actions: {
      // Each event is handled by what is named like it.
      act: ({ context, event }) => acts.get(event.type)?.(context.sessions, event),
      refuse: ({ context, event }) => context.sessions.refuse(event),
      shutDown: ({ context, event }) => context.sessions.shutDown(event),
    },
    guards: {
      isEmpty: ({ context }) => context.sessions.isEmpty,
    },
  }).createMachine({
    id: 'sessions',
    context: ({ self, input }) => ({ sessions: new SessionsActor(self, options, input) }),
    on: acting(inEveryState),
    initial: 'running',
    states: {
      running: {
        on: {
          ...acting(commands),
          'supervisor.shutdown': { target: 'stopping' },
        },
      },
      stopping: {
        entry: 'shutDown',
        always: { guard: 'isEmpty', target: 'stopped' },
        on: {
          'session.*': { actions: 'refuse' },
        },
      },
      stopped: { type: 'final' },
    },
  });
  return supervisorLogic(guarded(unpersisted(actingDirectly(machine)), options.logger));
}

type Act = (sessions: SessionsActor, event: AnyEventObject) => void;

const commands: Readonly<Record<string, Act>> = {
  'session.start': (sessions, event) => sessions.start(event),
  'session.resume': (sessions, event) => sessions.resume(event),
  'session.stop': (sessions, event) => sessions.stop(event),
  'session.restart': (sessions, event) => sessions.restart(event),
  'session.rename': (sessions, event) => sessions.rename(event),
  'session.configure': (sessions, event) => sessions.configure(event),
};

const inEveryState: Readonly<Record<string, Act>> = {
  'incarnation.exited': (sessions, event) => sessions.exitOf(event),
  'incarnation.said': (sessions, event) => sessions.messageOf(event),
  'retry.due': (sessions, event) => sessions.retryDue(event),
  'path.checked': (sessions, event) => sessions.proceed(event),
  'registry.answered': (sessions, event) => sessions.proceed(event),
  'session.ready': (sessions, event) => sessions.proceed(event),
  'supervisor.which_children': (sessions, event) => sessions.list(event),
  'supervisor.count_children': (sessions, event) => sessions.count(event),
};

/** What it does in its state `running`, where no event but one changes that. */
const acts = new Map(Object.entries({ ...commands, ...inEveryState }));

const acting = (some: Readonly<Record<string, Act>>) =>
  Object.fromEntries(Object.keys(some).map((type) => [type, { actions: 'act' as const }]));

// XState's macrostep, which copies the snapshot and looks for transitions, would cost more than the work itself.
function actingDirectly<T extends AnyActorLogic>(machine: T): T {
  return Object.assign(Object.create(machine) as T, {
    transition(snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: never) {
      const act = snapshot.value === 'running' ? acts.get(event.type) : undefined;
      if (act === undefined) return machine.transition(snapshot, event, scope);
      act((snapshot.context as { readonly sessions: SessionsActor }).sessions, event);
      return snapshot;
    },
  });
}

// Its sessions are in the registry; it has nothing to keep but the way to them.
function unpersisted<T extends AnyActorLogic>(machine: T): T {
  return Object.assign(Object.create(machine) as T, {
    getPersistedSnapshot: ({ status, output, error, value }: AnyMachineSnapshot) => ({ status, output, error, value }),
  });
}
