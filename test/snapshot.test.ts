import fc from 'fast-check';
import {
  assign,
  createMachine,
  fromCallback,
  fromObservable,
  fromPromise,
  fromTransition,
  setup,
  stopChild,
} from 'xstate';
import type { AnyActorLogic, AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { NotAtRestError } from '../src/core/not-at-rest.ts';
import { reviveValue } from '../src/core/revive-value.ts';
import { saveValue, UnsavableError } from '../src/core/save-value.ts';
import { isSupervisionError, SupervisionError } from '../src/core/supervision-error.ts';
import { fromTask } from '../src/index.ts';
import type { TaskScope } from '../src/index.ts';
import { takeSnapshot } from '../src/xstate/take-snapshot.ts';
import { goOn, live } from './support/lone-life.ts';

const throughJson = (value: unknown): unknown => reviveValue(JSON.parse(JSON.stringify(saveValue(value))));

describe('A value', () => {
  const values = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.string(),
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.boolean(),
      fc.constantFrom(null, undefined, NaN, Infinity, -Infinity, -0),
      fc.date({ noInvalidDate: true }),
    ),
    key: fc.oneof(fc.string(), fc.constantFrom('$saved', 'value', '__proto__', 'xstate$$type', 'id')),
    value: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(tie('key') as fc.Arbitrary<string>, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
      fc.array(tie('value'), { maxLength: 3 }).map((entries) => new Set(entries)),
    ),
  })).value;

  it('comes back through JSON as it was', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(throughJson(value)).toStrictEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('is saved, or refused by the path of what cannot be', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
        }),
        (value) => {
          let saved: unknown;
          try {
            saved = saveValue(value);
          } catch (error) {
            expect(error).toBeInstanceOf(UnsavableError);
            return;
          }
          expect(reviveValue(JSON.parse(JSON.stringify(saved)))).toEqual(value);
        },
      ),
    );
  });

  class Socket {}
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;

  it.each<[what: string, value: unknown, message: string]>([
    ['a function', () => {}, 'the value is a function, and cannot be saved'],
    ['an instance of a class', { a: [new Socket()] }, 'a.0 is an instance of Socket, and cannot be saved'],
    ['a subclass of a map', new (class Mine extends Map {})(), 'the value is an instance of Mine, and cannot be saved'],
    ['a regular expression', { re: /x/ }, 're is an instance of RegExp, and cannot be saved'],
    ['bytes', new Uint8Array(2), 'the value is an instance of Uint8Array, and cannot be saved'],
    ['a symbol', { s: Symbol('x') }, 's is Symbol(x), and cannot be saved'],
    ['what is under a symbol', { [Symbol('x')]: 1 }, 'Symbol(x) is under a symbol, and cannot be saved'],
    ['a cycle', { cyclic }, 'cyclic.self contains itself, and cannot be saved'],
    ['a hole', { a: new Array(2) }, 'a has holes, or properties of its own, and cannot be saved'],
    [
      'a getter',
      {
        get a() {
          return 1;
        },
      },
      'a is a getter or setter, and cannot be saved',
    ],
    [
      'a date that is more',
      Object.assign(new Date(), { zone: 'x' }),
      'the value is an instance of Date with properties of its own, and cannot be saved',
    ],
    ['a value in a map', new Map([['a', () => {}]]), '0.1 is a function, and cannot be saved'],
  ])('that is, or has, %s is refused', (_what, value, message) => {
    expect(() => saveValue(value)).toThrow(UnsavableError);
    expect(() => saveValue(value)).toThrow(message);
  });

  it('that is an invalid date comes back as one', () => {
    expect(throughJson(new Date(NaN))).toBeInstanceOf(Date);
    expect(String(throughJson(new Date(NaN)))).toBe('Invalid Date');
  });

  it('that is an error keeps name, message, stack, code, cause and whatever of its own can be saved', () => {
    const cause = Object.assign(new RangeError('why'), { socket: new Socket(), depth: { of: 1n } });
    const error = Object.assign(new TypeError('what', { cause }), { code: 'E_WHAT' });
    const back = throughJson({ error }) as { error: TypeError & { cause: RangeError } };
    expect(back.error).toBeInstanceOf(TypeError);
    expect(back.error).toMatchObject({ name: 'TypeError', message: 'what', stack: error.stack, code: 'E_WHAT' });
    expect(back.error.cause).toBeInstanceOf(RangeError);
    expect(back.error.cause).toMatchObject({ message: 'why', depth: { of: 1n } });
    expect('socket' in back.error.cause).toBe(false);
    expect(Object.keys(back.error)).toEqual(Object.keys(error));
  });

  it('that is an error of another class comes back as an Error of that name', () => {
    class LostError extends Error {
      override name = 'LostError';
    }
    const back = throughJson(new LostError('gone', { cause: () => {} })) as Error;
    expect(back).toMatchObject({ name: 'LostError', message: 'gone', cause: expect.any(String) });
    expect(back.constructor).toBe(Error);
  });

  it('that is a refusal of this package is one again', () => {
    const back = throughJson(new SupervisionError('not_found', 'no such child', { id: 'a' } as never));
    expect(isSupervisionError(back, 'not_found')).toBe(true);
    expect(back).toMatchObject({ id: 'a', message: 'no such child' });
  });
});

const leaf = setup({}).createMachine({
  context: { sum: 0 },
  initial: 'idle',
  states: {
    idle: { on: { GO: 'busy' } },
    busy: { on: { ADD: { actions: assign({ sum: ({ context }) => context.sum + 1 }) } } },
  },
});

function childrenOf(ref: AnyActorRef): Record<string, AnyActorRef> {
  return (ref.getSnapshot() as AnyMachineSnapshot).children as never;
}

describe('A session that is taken and goes on', () => {
  it('has its state, context and children, and does not enter its states again', () => {
    const entered: string[] = [];
    const machine = setup({ actors: { leaf } }).createMachine({
      context: ({ spawn }) => ({
        at: new Date(5),
        big: 7n,
        none: undefined,
        ref: spawn('leaf', { id: 'spawned' }),
        seen: new Map(),
      }),
      type: 'parallel',
      states: {
        left: { initial: 'a', states: { a: { on: { NEXT: 'b' } }, b: { entry: () => void entered.push('b') } } },
        right: {
          invoke: { src: 'leaf', id: 'invoked', systemId: 'the-leaf' },
          entry: () => void entered.push('right'),
        },
      },
    });
    const first = live(machine);
    first.actor.send({ type: 'NEXT' });
    for (const child of Object.values(childrenOf(first.actor))) child.send({ type: 'GO' });
    entered.length = 0;
    const second = goOn(machine, first);
    const snapshot = second.actor.getSnapshot();
    expect(snapshot.value).toEqual({ left: 'b', right: {} });
    expect(snapshot.context).toMatchObject({ at: new Date(5), big: 7n, none: undefined });
    expect(entered).toEqual([]);
    const { spawned, invoked } = childrenOf(second.actor);
    expect(snapshot.context.ref).toBe(spawned);
    expect(second.actor.system.get('the-leaf')).toBe(invoked);
    spawned!.send({ type: 'ADD' });
    expect([spawned!.getSnapshot().value, spawned!.getSnapshot().context.sum]).toEqual(['busy', 1]);
    expect(invoked!.getSnapshot().value).toBe('busy');
  });

  it('finds its actors by refs in its context, wherever they are: in a map, of a sibling, of a parent', () => {
    const knowing = setup({}).createMachine({ context: ({ input }) => input as object });
    const machine = setup({ actors: { leaf, knowing } }).createMachine({
      context: ({ spawn, self }) => {
        const a = spawn('leaf', { id: 'a/b' });
        const b = spawn('knowing', { id: 'b', input: { sibling: a, parent: self } });
        return {
          refs: new Map<unknown, unknown>([
            ['a', a],
            [b, 1],
          ]),
          all: new Set([a, b]),
          deep: [{ a }],
        };
      },
    });
    const second = goOn(machine, live(machine));
    const { 'a/b': a, b } = childrenOf(second.actor);
    const { refs, all, deep } = second.actor.getSnapshot().context;
    expect([...refs.keys()]).toEqual(['a', b]);
    expect(refs.get('a')).toBe(a);
    expect([...all]).toEqual([a, b]);
    expect(deep[0].a).toBe(a);
    expect(b!.getSnapshot().context).toEqual({ sibling: a, parent: second.actor });
  });

  it('tells a child without an id from itself', () => {
    const machine = setup({ actors: { leaf } }).createMachine({
      context: ({ spawn }) => ({ child: spawn('leaf', { id: '' }) }),
    });
    const { actor } = goOn(machine, live(machine));
    expect(actor.getSnapshot().context.child).toBe(childrenOf(actor)['']);
  });

  it('has undefined for the ref of an actor that had ended', () => {
    const machine = setup({ actors: { leaf } }).createMachine({
      context: ({ spawn }) => ({ ref: spawn('leaf', { id: 'a' }) }),
      on: { DROP: { actions: stopChild('a') } },
    });
    const first = live(machine);
    first.actor.send({ type: 'DROP' });
    expect(goOn(machine, first).actor.getSnapshot().context).toEqual({ ref: undefined });
  });

  it('runs its promises, callbacks and observables again; one that was done stays done', async () => {
    const runs: string[] = [];
    const forever = (name: string) => ({ name, run: () => void runs.push(name) });
    const [p, c, o] = ['promise', 'callback', 'observable'].map(forever);
    const actors = {
      promise: fromPromise(() => {
        p!.run();
        return new Promise(() => {});
      }),
      callback: fromCallback(() => c!.run()),
      observable: fromObservable(() => ({
        subscribe: () => {
          o!.run();
          return { unsubscribe() {} };
        },
      })),
      counter: fromTransition((count: number) => count + 1, 0),
      over: fromPromise(async () => {
        runs.push('over');
        return 1;
      }),
    };
    const machine = setup({ actors }).createMachine({
      invoke: (['promise', 'callback', 'observable', 'counter', 'over'] as const).map((src) => ({ src, id: src })),
    });
    const first = live(machine);
    await Promise.resolve();
    await Promise.resolve();
    childrenOf(first.actor).counter!.send({ type: 'any' });
    expect(runs.splice(0)).toEqual(['promise', 'callback', 'observable', 'over']);
    const second = goOn(machine, first);
    expect(runs).toEqual(['promise', 'callback', 'observable']);
    expect(childrenOf(second.actor).counter!.getSnapshot().context).toBe(1);
    expect(childrenOf(second.actor).over!.getSnapshot()).toMatchObject({ status: 'done', output: 1 });
  });

  it('runs its tasks again', async () => {
    const runs: unknown[] = [];
    const task = fromTask(async ({ input, signal }: TaskScope<number>) => {
      runs.push(input);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    const machine = setup({ actors: { task } }).createMachine({ invoke: { src: 'task', input: 7 } });
    goOn(machine, live(machine));
    expect(runs).toEqual([7, 7]);
  });

  it('keeps nothing of what it sends to a child that had ended', () => {
    const over = createMachine({ initial: 'over', states: { over: { type: 'final' } } });
    const machine = setup({ actors: { over } }).createMachine({ invoke: { src: 'over', id: 'o' } });
    const second = goOn(machine, live(machine));
    const { o } = childrenOf(second.actor);
    o!.send({ type: 'ANY' });
    expect(o!.getSnapshot().status).toBe('done');
    expect(goOn(machine, second).hasStarted).toBe(true);
  });

  it('has the children that it invokes from logics without a name', () => {
    const machine = createMachine({
      id: 'chat',
      initial: 'thinking',
      states: { thinking: { invoke: { src: leaf } } },
    });
    const first = live(machine);
    const [id] = Object.keys(childrenOf(first.actor)) as [string];
    expect(id).toBe('0.chat.thinking');
    childrenOf(first.actor)[id]!.send({ type: 'GO' });
    expect(childrenOf(goOn(machine, first).actor)[id]!.getSnapshot().value).toBe('busy');
  });

  it('has its history', () => {
    const machine = setup({}).createMachine({
      initial: 'on',
      states: {
        on: {
          initial: 'a',
          on: { OFF: 'off' },
          states: { a: { on: { NEXT: 'b' } }, b: {}, back: { type: 'history' } },
        },
        off: { on: { ON: 'on.back' } },
      },
    });
    const first = live(machine);
    first.actor.send({ type: 'NEXT' });
    first.actor.send({ type: 'OFF' });
    const second = goOn(machine, first);
    second.actor.send({ type: 'ON' });
    expect(second.actor.getSnapshot().value).toEqual({ on: 'b' });
  });

  it('may be of a logic that is no machine', () => {
    const counter = fromTransition((count: number) => count + 1, 0);
    const first = live(counter);
    first.actor.send({ type: 'any' });
    expect(goOn(counter, first).actor.getSnapshot()).toMatchObject({ status: 'active', context: 1 });
  });
});

describe('What cannot be taken', () => {
  class Socket {}
  const holder = setup({}).createMachine({ context: { sockets: [new Socket()] } });
  const round: Record<string, unknown> = {};
  round.again = { round };

  it.each<[string, AnyActorLogic, string]>([
    ['its own', holder, 'context.sockets.0 is an instance of Socket, and cannot be saved'],
    [
      'of a child',
      setup({ actors: { holder } }).createMachine({ invoke: { src: 'holder', id: 'h' } }),
      'context.sockets.0 of h is an instance of Socket, and cannot be saved',
    ],
    [
      'goes round',
      setup({}).createMachine({ context: { round } }),
      'context.round.again.round contains itself, and cannot be saved',
    ],
    [
      'a child without a name',
      createMachine({ context: ({ spawn }) => ({ ref: spawn(leaf, { id: 'x' }) }) }),
      'child x was spawned from a logic without a name in setup({ actors }), and cannot be saved',
    ],
    [
      'an outsider',
      setup({}).createMachine({ context: ({ self }) => ({ up: (self as unknown as { _parent: unknown })._parent }) }),
      'context.up is an actor outside of the session, and cannot be saved',
    ],
  ])('is named: %s', (_what, logic, message) => {
    const { actor } = live(logic);
    expect(() => takeSnapshot(actor, Number)).toThrow(message);
  });

  it('is a session that is processing an event', () => {
    let error: unknown;
    const machine = setup({}).createMachine({
      on: {
        NOW: {
          actions: ({ self }) => {
            try {
              takeSnapshot(self, Number);
            } catch (e) {
              error = e;
            }
          },
        },
      },
    });
    live(machine).actor.send({ type: 'NOW' });
    expect(error).toEqual(new NotAtRestError('s1', 'is processing NOW'));
  });

  it('may be left out by a logic of one’s own', () => {
    const machine = setup({}).createMachine({
      context: { n: 1, socket: new Socket() },
    });
    const without = Object.assign(Object.create(machine) as typeof machine, {
      getPersistedSnapshot(snapshot: never, options: never) {
        const kept = machine.getPersistedSnapshot(snapshot, options) as unknown as { context: object };
        return { ...kept, context: { ...kept.context, socket: undefined } };
      },
    });
    expect(goOn(without, live(without)).actor.getSnapshot().context).toEqual({ n: 1, socket: undefined });
  });
});

describe('A snapshot of another logic', () => {
  const other = setup({ actors: { leaf } }).createMachine({
    initial: 'elsewhere',
    states: { elsewhere: { invoke: { src: 'leaf', id: 'x', systemId: 'x' } } },
  });

  const nested = (src: AnyActorLogic) =>
    setup({ actors: { inner: src } }).createMachine({ invoke: { src: 'inner', id: 'in' } });
  const nameless = setup({}).createMachine({ initial: 'elsewhere', states: { elsewhere: {} } });

  it.each<[string, AnyActorLogic, AnyActorLogic]>([
    ['with a state that it does not have', other, leaf],
    ['with a child whose logic it does not have', other, nameless],
    ['with a child that has a state that it does not have', nested(other), nested(leaf)],
    ['that is no machine', fromTransition(() => 0, 0), leaf],
  ])('%s fails the start, and nothing runs', (_how, of, logic) => {
    const from = live(of).take();
    const { life, hasStarted, actor } = live(logic, { from });
    expect([hasStarted, life.exit?.reason, life.isGone()]).toEqual([false, 'error', true]);
    expect(life.exit!.error).toBeInstanceOf(Error);
    expect(actor.system.get('x')).toBeUndefined();
  });

  it.each([{}, { snapshot: null, timers: [] }, { snapshot: 1, timers: [] }, { snapshot: {}, timers: [] }, null, 1])(
    'is no snapshot: %j',
    (from) => {
      for (const logic of [leaf, fromTransition(() => 0, 0)]) {
        let life;
        try {
          life = live(logic, { from: from as never });
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          continue;
        }
        expect([life.hasStarted, life.life.exit?.reason]).toEqual([false, 'error']);
      }
    },
  );
});
