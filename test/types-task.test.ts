import { createActor, setup, toPromise } from 'xstate';
import type {
  ActorRefFromLogic,
  AnyActorLogic,
  AnyEventObject,
  EmittedFrom,
  EventFromLogic,
  InputFrom,
  OutputFrom,
  SnapshotFrom,
} from 'xstate';
import { ask, createSessionHost, fromTask, supervisor } from '../src/index.ts';
import type { ReplyTo, Session, SessionRef, TaskLogic, TaskRef, TaskScope, TaskSnapshot } from '../src/index.ts';
import { compiles, same, typeOf } from './support/types.ts';

interface Input {
  readonly url: string;
}
type Event = { readonly type: 'pause' } | { readonly type: 'ask.left'; readonly replyTo: ReplyTo<number> };
interface Emitted {
  readonly type: 'chunk';
  readonly bytes: number;
}

const download = fromTask(async ({ input, receive, progress, emit }: TaskScope<Input, Event, number, Emitted>) => {
  receive((event) => {
    if (event.type === 'ask.left') event.replyTo.send(1);
  });
  progress(0.5);
  emit({ type: 'chunk', bytes: 1 });
  return [input.url];
});

type Download = typeof download;

describe('From the function of a task', () => {
  it('its logic is known', () => {
    expect(same<Download, TaskLogic<string[], Input, Event, number, Emitted>>()).toBe(true);
    expect(same<InputFrom<Download>, Input>()).toBe(true);
    expect(same<OutputFrom<Download>, string[]>()).toBe(true);
    expect(same<EventFromLogic<Download>, Event>()).toBe(true);
    expect(same<EmittedFrom<Download>, Emitted>()).toBe(true);
    expect(same<SnapshotFrom<Download>, TaskSnapshot<string[], Input, number>>()).toBe(true);
    compiles(() => download satisfies AnyActorLogic);
  });

  it('its ref is known', () => {
    expect(same<ActorRefFromLogic<Download>, TaskRef<string[], Input, Event, number, Emitted>>()).toBe(true);
    compiles(async (ref: TaskRef<string[], Input, Event, number, Emitted>) => {
      ref.getSnapshot().progress satisfies number | undefined;
      ref.getSnapshot().input satisfies Input | undefined;
      (await toPromise(ref)) satisfies string[];
      (await ask(ref, { type: 'ask.left' })) satisfies number;
      ref.on('chunk', ({ bytes }) => bytes satisfies number);
      ref.send({ type: 'pause' });
      // @ts-expect-error there is no such event
      ref.send({ type: 'resume' });
      // @ts-expect-error it emits no such event
      ref.on('line', () => {});
    });
  });

  it('the input of an actor is known', () => {
    compiles(() => {
      createActor(download, { input: { url: '/' } });
      // @ts-expect-error it needs an input
      createActor(download);
      // @ts-expect-error this is no URL
      createActor(download, { input: { url: 1 } });
    });
  });

  it('what a machine that invokes it hears is known', () => {
    const machine = setup({ actors: { download } }).createMachine({
      invoke: {
        src: 'download',
        input: { url: '/' },
        onDone: { actions: ({ event }) => event.output satisfies string[] },
        onSnapshot: { actions: ({ event }) => event.snapshot.progress satisfies number | undefined },
      },
    });
    expect(machine.config.invoke).toBeDefined();
    compiles(() =>
      setup({ actors: { download } }).createMachine({
        // @ts-expect-error this is no URL
        invoke: { src: 'download', input: { url: 1 } },
      }),
    );
  });

  it('what a session is given, and answers, is known', () => {
    const session = fromTask(async ({ input }: TaskScope<{ readonly session: Session }, Event>) => input.session.name);
    compiles(async () => {
      const host = createSessionHost({ session });
      const ref = host.session('a')!;
      ref satisfies SessionRef<typeof session>;
      (await toPromise(ref)) satisfies string;
      (await ask(ref, { type: 'ask.left' })) satisfies number;
      // @ts-expect-error there is no such event
      ref.send({ type: 'resume' });
    });
  });

  it('a child of a supervisor is made, whatever it takes', () => {
    compiles(() => supervisor({ children: [{ id: 'download', src: download, input: { url: '/' } }] }));
  });

  it('that says nothing of its scope, anything is taken', () => {
    const task = fromTask(async ({ receive, send, progress }) => {
      receive((event) => typeOf(event).is<AnyEventObject>());
      send({ type: 'any', thing: 1 });
      progress('anything');
      return 1;
    });
    const actor = createActor(task);
    expect(typeOf(actor.getSnapshot().output).is<number | undefined>()).toBe(true);
    compiles(() => {
      actor.send({ type: 'any', thing: 1 });
      actor.getSnapshot().progress satisfies unknown;
    });
  });

  it('that is not asynchronous, or only at times, its output is known', () => {
    const sync = fromTask(() => 'output');
    const mixed = fromTask(({ input }: TaskScope<boolean>): number | Promise<number> =>
      input ? 1 : Promise.resolve(1),
    );
    const nothing = fromTask(({ receive }) => receive(() => {}));
    expect(typeOf(sync).is<TaskLogic<string>>()).toBe(true);
    expect(typeOf(mixed).is<TaskLogic<number, boolean>>()).toBe(true);
    expect(typeOf(nothing).is<TaskLogic<void>>()).toBe(true);
  });
});

describe('A task', () => {
  it('knows what it works with', () => {
    compiles(() =>
      fromTask(
        async ({
          input,
          receive,
          progress,
          emit,
          send,
          schedule,
          signal,
        }: TaskScope<Input, Event, number, Emitted>) => {
          input.url satisfies string;
          signal satisfies AbortSignal;
          receive((event) => event satisfies Event);
          send({ type: 'any', thing: 1 });
          schedule(() => {}, 1)() satisfies void;
          // @ts-expect-error the input has no such key
          void input.path;
          // @ts-expect-error progress is a number here
          progress('half');
          // @ts-expect-error it emits no such event
          emit({ type: 'line' });
          // @ts-expect-error an event has a type
          send({ thing: 1 });
          // @ts-expect-error a time is a number
          schedule(() => {}, '1');
        },
      ),
    );
  });

  it('is a function', () => {
    // @ts-expect-error this is no function
    expect(() => fromTask(Promise.resolve())).toThrow(TypeError);
  });
});
