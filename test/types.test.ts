import { useSelector } from '@xstate/react';
import {
  createActor,
  createMachine,
  fromCallback,
  fromEventObservable,
  fromObservable,
  fromPromise,
  fromTransition,
  sendTo,
  setup,
  toPromise,
  waitFor,
} from 'xstate';
import type { AnyActorRef, SnapshotFrom } from 'xstate';
import { of } from 'rxjs';
import {
  ask,
  createSessionHost,
  isSupervisionError,
  monitor,
  ok,
  sessionRegistry,
  sessionRuntime,
} from '../src/index.ts';
import type {
  Exit,
  ExitReason,
  OpenedSession,
  Reply,
  ReplyTo,
  StoreRefusal,
  Session,
  SessionHost,
  SessionHostEvent,
  SessionRef,
  SupervisionError,
} from '../src/index.ts';
import { counter } from './support/counter.ts';
import type { CounterEmitted, CounterEvent } from './support/counter.ts';
import { desk } from './support/desk.ts';
import type { DeskEvent, Greeting } from './support/desk.ts';
import { openHost } from './support/open-host.ts';
import { compiles, same, typeOf } from './support/types.ts';

type CounterHost = SessionHost<typeof counter>;
type CounterRef = SessionRef<typeof counter>;

describe('From the logic of a host', () => {
  it('the events of a ref are known', () => {
    expect(same<Parameters<CounterRef['send']>[0], CounterEvent>()).toBe(true);
    compiles((ref: CounterRef) => {
      ref.send({ type: 'add', by: 1 });
      // @ts-expect-error there is no such event
      ref.send({ type: 'subtract', by: 1 });
      // @ts-expect-error the number is missing
      ref.send({ type: 'add' });
      // @ts-expect-error it is no number
      ref.send({ type: 'add', by: '1' });
      // @ts-expect-error an event is no string
      ref.send('add');
    });
  });

  it('the snapshot of a ref is known', () => {
    expect(same<ReturnType<CounterRef['getSnapshot']>, SnapshotFrom<typeof counter>>()).toBe(true);
    compiles((ref: CounterRef) => {
      const snapshot = ref.getSnapshot();
      snapshot.context.count satisfies number;
      snapshot.value satisfies 'counting' | 'finished';
      snapshot.hasTag('open');
      // @ts-expect-error there is no such tag
      snapshot.hasTag('closed');
      // @ts-expect-error there is no such key
      void snapshot.context.total;
      ref.subscribe(({ context }) => context.notes satisfies readonly string[]);
      ref.select(({ context }) => context.count).get() satisfies number;
    });
  });

  it('what a ref emits is known', () => {
    compiles((ref: CounterRef) => {
      ref.on('added', (event) => event.by satisfies number);
      ref.on('*', (event) => event satisfies CounterEmitted);
      // @ts-expect-error it emits no such event
      ref.on('subtracted', () => {});
      // @ts-expect-error this one carries no number
      ref.on('noted', (event) => event.by);
    });
    expect(same<CounterEmitted['type'], 'began' | 'added' | 'noted'>()).toBe(true);
  });

  it('the output is known', async () => {
    const { open } = openHost({ session: counter });
    const ref = await open();
    ref.send({ type: 'finish' });
    const output = await toPromise(ref);
    expect(typeOf(output).is<number>()).toBe(true);
    expect(ref.getSnapshot().output).toBe(0);
  });

  it('the ref is known wherever one comes from', () => {
    const { host } = openHost({ session: counter });
    host.on('session.started', ({ ref }) => typeOf(ref).is<CounterRef>());
    const found = host.session('a');
    expect(typeOf(found).is<CounterRef | undefined>()).toBe(true);
    type Started = Extract<Awaited<ReturnType<CounterHost['startSession']>>, { ok: true }>['value'];
    expect(same<Started, OpenedSession<typeof counter, Record<string, unknown>>>()).toBe(true);
    expect(same<Started['ref'], CounterRef>()).toBe(true);
  });

  it('whatever its kind, a host is made', () => {
    const logics = [
      openHost({ session: fromPromise(async ({ input }: { input: { session: Session } }) => input.session.name) }),
      openHost({ session: fromCallback<{ type: 'go' }>(({ receive }) => receive(({ type }) => type satisfies 'go')) }),
      openHost({ session: fromTransition((n: number, _event: { type: 'inc' }) => n + 1, 0) }),
      openHost({ session: fromObservable(() => of(1, 2)) }),
      openHost({ session: fromEventObservable(() => of({ type: 'tick' })) }),
      openHost({ session: createMachine({}) }),
      openHost({ session: sessionRegistry() }),
      openHost({ session: sessionRuntime({ session: counter }) }),
    ];
    expect(logics.map(({ host }) => host.count())).toEqual(Array(8).fill(0));
    compiles(() => {
      // @ts-expect-error this is no logic
      createSessionHost({ session: {} });
      // @ts-expect-error a host needs a logic
      createSessionHost({});
      // @ts-expect-error there is no such option
      createSessionHost({ session: counter, maxSession: 3 });
      // @ts-expect-error there is no such restart type
      createSessionHost({ session: counter, restart: 'always' });
    });
  });

  it('the snapshot of a ref is known where the logic is no machine', async () => {
    const summing = fromTransition((n: number, event: { type: 'add'; by: number }) => n + event.by, 0);
    const sum = await openHost({ session: summing }).open();
    sum.send({ type: 'add', by: 1 });
    expect(sum.getSnapshot().context satisfies number).toBe(1);
    // @ts-expect-error there is no such event
    compiles(() => sum.send({ type: 'subtract' }));
    const named = await openHost({ session: fromPromise(async () => 'name') }).open();
    expect((await toPromise(named)) satisfies string).toBe('name');
  });
});

describe('A session ref', () => {
  it('is taken by waitFor, toPromise and useSelector', () => {
    compiles(async (ref: CounterRef) => {
      (await waitFor(ref, ({ context }) => context.count > 1)).context.count satisfies number;
      (await toPromise(ref)) satisfies number;
      useSelector(ref, ({ context }) => context.count) satisfies number;
      useSelector(ref as CounterRef | undefined, (snapshot) => snapshot?.context.count) satisfies number | undefined;
    });
  });

  it('is an actor ref, and each is one of any logic', () => {
    compiles((ref: CounterRef, host: CounterHost) => {
      ref satisfies AnyActorRef;
      ref satisfies SessionRef;
      host satisfies SessionHost;
      monitor(ref, (exit) => exit satisfies Exit);
    });
  });

  it('is a target of sendTo, which knows its events', () => {
    const machine = setup({
      types: { context: {} as { ref: CounterRef }, events: {} as { type: 'go' }, input: {} as { ref: CounterRef } },
    }).createMachine({
      context: ({ input }) => input,
      on: {
        go: {
          actions: [
            sendTo(({ context }) => context.ref, { type: 'add', by: 1 }),
            // @ts-expect-error there is no such event
            sendTo(({ context }) => context.ref, { type: 'subtract', by: 1 }),
          ],
        },
      },
    });
    expect(machine.config.on).toBeDefined();
  });
});

describe('The events of a host', () => {
  it('are narrowed by their type', () => {
    compiles((host: CounterHost) => {
      host.on('session.crashed', ({ session, error, incarnation, delayMs }) => {
        session.name satisfies string;
        incarnation satisfies number;
        delayMs satisfies number | undefined;
        // @ts-expect-error anything may be thrown
        void error.message;
      });
      host.on('session.failed', ({ error, restarts }) => [error.withinMs, error.cause, restarts] satisfies unknown[]);
      host.on('session.stopped', ({ reason }) => reason satisfies ExitReason);
      host.on('session.message', ({ event }) => event.type satisfies string);
      host.on('session.rejected', ({ error }) => error.code satisfies SupervisionError['code']);
      host.on('dead_letter', ({ reason }) => reason satisfies 'stopped' | 'stash_full' | 'late_reply' | 'invalid');
      host.on('host.failed', ({ error }) => error satisfies unknown);
      host.on('*', (event) => event satisfies SessionHostEvent<typeof counter>);
      // @ts-expect-error a host hears nothing of the children of supervisors
      host.on('child.exited', () => {});
      // @ts-expect-error an update carries no error
      host.on('session.updated', ({ error }) => error);
    });
    expect(same<'session.started', Extract<SessionHostEvent['type'], 'session.started'>>()).toBe(true);
  });

  it('are commands alone where they are sent', () => {
    compiles((host: CounterHost, session: Session) => {
      host.send({ type: 'session.start', projectPath: '/p' });
      host.send({ type: 'session.configure', id: 'a', config: {}, replyTo: { send: (reply) => reply.ok } });
      host.send({ type: 'registry.update', session });
      host.send({ type: 'supervisor.stop' });
      // @ts-expect-error an event of a session is no command
      host.send({ type: 'add', by: 1 });
      // @ts-expect-error the id is missing
      host.send({ type: 'session.stop' });
      // @ts-expect-error the children of the runtime are its own
      host.send({ type: 'child.terminate', id: 'registry' });
      // @ts-expect-error what only the machines tell each other is no command
      host.send({ type: 'supervisor.init' });
    });
    const { host } = openHost({ session: counter });
    // @ts-expect-error an event of a session is no command
    expect(() => host.send({ type: 'add', by: 1 })).toThrow(TypeError);
  });
});

describe('A refusal', () => {
  it('is narrowed by its code', async () => {
    const { host } = openHost({ session: counter, maxSessions: 0 });
    const opened = await host.startSession({ projectPath: '/p' });
    const told = (): string => {
      if (opened.ok) return opened.value.session.name;
      const { error } = opened;
      // @ts-expect-error not every refusal has a limit
      void error.max;
      switch (error.code) {
        case 'session_limit_reached':
          return `${error.current satisfies number} of ${error.max satisfies number}`;
        case 'project_already_open':
          return `${error.projectPath} is open in ${error.id}`;
        case 'invalid_session':
          return error.issues.map((issue) => issue.message).join();
        case 'start_failed':
          return String(error.cause);
        // @ts-expect-error a start is never refused with this code
        case 'no_sessions':
          return 'none';
        default:
          return error.message;
      }
    };
    expect(told()).toBe('0 of 0');
  });

  it('is of the codes that its command may be refused with', () => {
    compiles(async (host: CounterHost) => {
      const found = host.lookup('a');
      if (!found.ok) found.error.code satisfies 'not_found';
      const oldest = host.defaultSession();
      if (!oldest.ok) oldest.error.code satisfies 'no_sessions';
      const stopped = await host.stopSession('a');
      if (!stopped.ok) stopped.error.code satisfies 'not_found' | 'stopping' | StoreRefusal;
      const updated = await host.updateSession(found.ok ? found.value : ({} as Session));
      if (!updated.ok && updated.error.code === 'immutable_field')
        updated.error.field satisfies 'projectPath' | 'createdAt';
    });
    expect(same<Extract<ReturnType<CounterHost['lookup']>, { ok: true }>['value'], Session>()).toBe(true);
  });

  it('is told from any other error, by its code', () => {
    const error: unknown = new Error('other');
    if (isSupervisionError(error, 'ask_timeout')) error.timeoutMs satisfies number;
    if (isSupervisionError(error, 'actor_stopped')) error.reason satisfies ExitReason;
    expect(isSupervisionError(error)).toBe(false);
  });
});

describe('ask', () => {
  it('answers what the replyTo of the event takes', async () => {
    const actor = createActor(desk).start();
    const length = await ask(actor, { type: 'ask.length', text: 'abc' });
    const greeting = await ask(actor, { type: 'ask.greeting', to: 'ann' });
    expect([typeOf(length).is<number>(), typeOf(greeting).is<Greeting>()]).toEqual([true, true]);
    expect([length, greeting]).toEqual([3, { type: 'greeting', to: 'ann' }]);
  });

  it('takes the events alone that have a replyTo, and without it', () => {
    compiles((ref: SessionRef<typeof desk>) => {
      // @ts-expect-error nobody answers this one
      void ask(ref, { type: 'crash' });
      // @ts-expect-error there is no such event
      void ask(ref, { type: 'ask.nothing' });
      // @ts-expect-error the text is missing
      void ask(ref, { type: 'ask.length' });
      // @ts-expect-error the text is no number
      void ask(ref, { type: 'ask.length', text: 3 });
      // @ts-expect-error a time-out is a number
      void ask(ref, { type: 'ask.kept' }, { timeoutMs: '5' });
    });
    expect(same<Extract<DeskEvent, { type: 'ask.kept' }>['replyTo'], ReplyTo<string>>()).toBe(true);
  });

  it('knows the reply of every command', async () => {
    const { host } = openHost({ session: counter });
    const count = await ask(host.actor, { type: 'registry.count' });
    const found = await ask(host.actor, { type: 'registry.lookup', name: 'shop' });
    const stopped = await ask(host.actor, { type: 'session.stop', id: 'a' });
    expect(typeOf(count).is<Reply<number, never>>()).toBe(true);
    expect(typeOf(found).is<Reply<Session, 'not_found'>>()).toBe(true);
    expect(typeOf(stopped).is<Reply<void, 'not_found' | 'stopping' | StoreRefusal>>()).toBe(true);
    expect(count).toEqual(ok(0));
  });
});

describe('A replyTo', () => {
  it('is a target of sendTo, which knows what it takes', () => {
    const machine = setup({
      types: { events: {} as { readonly type: 'who'; readonly replyTo: ReplyTo<Greeting> } },
    }).createMachine({
      on: {
        who: {
          actions: [
            sendTo(({ event }) => event.replyTo, { type: 'greeting', to: 'ann' }),
            // @ts-expect-error this is no greeting
            sendTo(({ event }) => event.replyTo, { type: 'farewell' }),
            ({ event }) => event.replyTo.send({ type: 'greeting', to: 'ann' }),
            // @ts-expect-error this is no greeting
            ({ event }) => event.replyTo.send('ann'),
          ],
        },
      },
    });
    expect(machine.config.on).toBeDefined();
  });
});

describe('A host', () => {
  it('is disposed of at the end of a block', async () => {
    let kept: CounterHost;
    {
      await using host = createSessionHost({ session: counter, projectPaths: 'text', logger: () => {} });
      kept = host satisfies AsyncDisposable;
      await host.startSession({ projectPath: '/p' });
      expect(host.count()).toBe(1);
    }
    expect(kept.count()).toBe(0);
  });
});
