import { setup } from 'xstate';
import type { AnyActorLogic, AnyMachineSnapshot } from 'xstate';
import { guarded } from '../src/guarded.ts';
import { supervisorLogic } from '../src/logic.ts';
import type { ResolvedSessionOptions } from '../src/session-options.ts';
import { SessionsActor } from '../src/sessions-actor.ts';
import type { SessionsInput } from '../src/sessions-actor.ts';

/** The dynamic supervisor of sessions, as actor logic. Part of `sessionRuntime`, which gives it its registry. */
export function sessionsLogic(options: ResolvedSessionOptions) {
  const machine = setup({
    types: {
      context: {} as { readonly sessions: SessionsActor },
      input: {} as SessionsInput,
    },
    actions: {
      start: ({ context, event }) => context.sessions.start(event),
      stop: ({ context, event }) => context.sessions.stop(event),
      restart: ({ context, event }) => context.sessions.restart(event),
      rename: ({ context, event }) => context.sessions.rename(event),
      configure: ({ context, event }) => context.sessions.configure(event),
      refuse: ({ context, event }) => context.sessions.refuse(event),
      shutDown: ({ context, event }) => context.sessions.shutDown(event),
      exitOf: ({ context, event }) => context.sessions.exitOf(event),
      messageOf: ({ context, event }) => context.sessions.messageOf(event),
      retryDue: ({ context, event }) => context.sessions.retryDue(event),
      proceed: ({ context, event }) => context.sessions.proceed(event),
      list: ({ context, event }) => context.sessions.list(event),
      count: ({ context, event }) => context.sessions.count(event),
    },
    guards: {
      isEmpty: ({ context }) => context.sessions.isEmpty,
    },
  }).createMachine({
    id: 'sessions',
    context: ({ self, input }) => ({ sessions: new SessionsActor(self, options, input) }),
    on: {
      'incarnation.exited': { actions: 'exitOf' },
      'incarnation.said': { actions: 'messageOf' },
      'retry.due': { actions: 'retryDue' },
      'path.checked': { actions: 'proceed' },
      'registry.answered': { actions: 'proceed' },
      'session.ready': { actions: 'proceed' },
      'supervisor.which_children': { actions: 'list' },
      'supervisor.count_children': { actions: 'count' },
    },
    initial: 'running',
    states: {
      running: {
        on: {
          'session.start': { actions: 'start' },
          'session.stop': { actions: 'stop' },
          'session.restart': { actions: 'restart' },
          'session.rename': { actions: 'rename' },
          'session.configure': { actions: 'configure' },
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
  return supervisorLogic(guarded(unpersisted(machine), options.logger));
}

// Its sessions are in the registry; it has nothing to keep but the way to them.
function unpersisted<T extends AnyActorLogic>(machine: T): T {
  return Object.assign(Object.create(machine) as T, {
    getPersistedSnapshot: ({ status, output, error, value }: AnyMachineSnapshot) => ({ status, output, error, value }),
  });
}
