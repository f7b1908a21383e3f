import { assign, emit, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { catchingUncaught } from '../scripts/chaos/uncaught.ts';
import { sessionTree, supervisor } from '../src/index.ts';
import type { ChildSpec, SupervisorOptions } from '../src/index.ts';
import { settled } from './support/answers.ts';
import { openHost } from './support/open-host.ts';
import { Scene } from './support/scene.ts';

type Logger = NonNullable<SupervisorOptions['logger']>;

const boom = (): never => {
  throw new Error('boom');
};
const laterBoom = () => Promise.reject(new Error('later boom'));
const crash = { type: 'crash' };

/** Makes noise, finishes, or crashes. */
const src = setup({ types: { context: {} as { readonly heard: number } }, actions: { crash: boom } }).createMachine({
  context: { heard: 0 },
  initial: 'up',
  on: {
    crash: { actions: 'crash' },
    noise: { actions: [emit({ type: 'noise' }), assign({ heard: ({ context }) => context.heard + 1 })] },
  },
  states: { up: { on: { finish: 'over' } }, over: { type: 'final' } },
});

/** A machine that has it inside. */
const around = setup({ actors: { src } }).createMachine({ invoke: { src: 'src', id: 'a' } });

/** A supervised actor `a`, and the lines that are logged. */
interface Place {
  readonly a: () => AnyActorRef;
  readonly lines: readonly string[];
}

function ofScene(specOf: (logger: Logger) => ChildSpec): Place {
  const it = new Scene((logger) => supervisor({ logger, children: [specOf(logger)] }));
  return { a: () => it.anyRef('a'), lines: it.lines };
}

const places: Record<string, () => Place | Promise<Place>> = {
  'a child of a supervisor': () => ofScene(() => ({ id: 'a', src })),
  'a child of a supervisor in a supervisor': () =>
    ofScene((logger) => ({ id: 'inner', src: supervisor({ logger, children: [{ id: 'a', src }] }) })),
  'an actor in a child': () => ofScene(() => ({ id: 'child', src: around })),
  'a child of a session tree': async () => {
    const lines: string[] = [];
    const logger = (line: string) => void lines.push(line);
    const { host, open } = openHost({ session: sessionTree({ logger, children: () => [{ id: 'a', src }] }) });
    await open('s1');
    return { a: () => host.whereis('s1', 'a')!, lines };
  },
  'an actor in a session': async () => {
    const { host, open, log: lines } = openHost({ session: around });
    await open('s1');
    return { a: () => host.session('s1')!.getSnapshot().children.a as AnyActorRef, lines };
  },
};

/** What is thrown at the process meanwhile. */
async function uncaught(body: () => void): Promise<unknown[]> {
  const errors: unknown[] = [];
  await catchingUncaught(
    (error) => errors.push(error),
    async () => {
      body();
      await settled();
    },
  );
  return errors;
}

const ofAudience = (lines: readonly string[]) => lines.filter((line) => line.startsWith('an observer'));

describe.each(Object.entries(places))('The audience of %s', (_where, open) => {
  it('needs no error handler: the crash is not the process’s', async () => {
    const { a } = await open();
    const old = a();
    const errors = await uncaught(() => {
      old.subscribe(() => {});
      old.subscribe({});
      old.select(({ context }) => context.heard).subscribe(() => {});
      old.send(crash);
      old.subscribe(() => {});
    });
    expect(errors).toEqual([]);
    expect([old.getSnapshot().status, a().getSnapshot().status]).toEqual(['error', 'active']);
  });

  it('may throw at what it hears, now or later: that is logged, and disturbs nobody', async () => {
    const { a, lines } = await open();
    const old = a();
    const errors = await uncaught(() => {
      old.subscribe(boom);
      old.subscribe({ next: laterBoom });
      old.on('noise', boom);
      old.on('*', boom);
      old.send({ type: 'noise' });
    });
    expect(errors).toEqual([]);
    expect(ofAudience(lines)).toEqual([
      ...Array(3).fill('an observer of a threw: Error: boom'),
      'an observer of a threw: Error: later boom',
    ]);
    expect([a() === old, old.getSnapshot().context.heard]).toEqual([true, 1]);
  });

  it.each([
    ['crash', 'error'],
    ['finish', 'done'],
  ])('may throw at its end: %s', async (type, status) => {
    const { a, lines } = await open();
    const old = a();
    const errors = await uncaught(() => {
      old.subscribe({ error: boom, complete: boom });
      old.subscribe(() => {}, boom, boom);
      old.send({ type });
      old.subscribe({ error: boom, complete: boom });
    });
    expect(errors).toEqual([]);
    expect(ofAudience(lines)).toEqual(Array(3).fill('an observer of a threw: Error: boom'));
    expect(old.getSnapshot().status).toBe(status);
  });

  it('hears as from any actor, until it unsubscribes', async () => {
    const { a } = await open();
    const heard: unknown[] = [];
    const ref = a();
    const observer = { heard, next: noteDown };
    const watches = [
      ref.subscribe(({ context }) => heard.push(context.heard)),
      ref.subscribe(observer),
      ref.on('noise', ({ type }: { readonly type: string }) => heard.push(type)),
    ];
    ref.send({ type: 'noise' });
    for (const watch of watches) watch.unsubscribe();
    ref.send({ type: 'noise' });
    expect(heard).toEqual(['noise', 1, 1]);
  });

  function noteDown(
    this: { readonly heard: unknown[] },
    { context }: { readonly context: { readonly heard: number } },
  ) {
    this.heard.push(context.heard);
  }
});

it('The audience of an actor in a child needs no error handler though it came before its start', async () => {
  const watching = setup({ actors: { src } }).createMachine({
    context: ({ spawn }) => {
      spawn('src', { id: 'a' }).subscribe(() => {});
      return {};
    },
  });
  const { a } = ofScene(() => ({ id: 'child', src: watching }));
  expect(await uncaught(() => a().send(crash))).toEqual([]);
});
