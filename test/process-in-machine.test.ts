import { createActor, setup } from 'xstate';
import { fromProcess } from '../src/node/index.ts';
import type { ProcessLineEvent } from '../src/node/index.ts';
import { openHost } from './support/open-host.ts';
import { asleep, living, nobodyLeft, sh, until } from './support/processes.ts';

/** Runs a script while it is working, and notes what comes of it. */
const machine = setup({
  types: {
    context: {} as { readonly notes: unknown[] },
    events: {} as { readonly type: 'work'; readonly script: string } | { readonly type: 'rest' | 'crash' | 'go.on' },
  },
  actors: { script: fromProcess(({ input }: { input: string }) => sh(input)) },
  actions: {
    crash: () => {
      throw new Error('crash');
    },
  },
}).createMachine({
  context: () => ({ notes: [] }),
  initial: 'resting',
  on: { work: '.working', rest: '.resting', crash: { actions: 'crash' } },
  states: {
    resting: {},
    working: {
      on: { 'go.on': { actions: ({ self }) => self.getSnapshot().children.process!.send({ type: 'process.end' }) } },
      invoke: {
        id: 'process',
        src: 'script',
        input: ({ event }) => (event as { script: string }).script,
        onDone: {
          target: 'resting',
          actions: ({ context, event }) => void context.notes.push(event.output),
        },
        onError: {
          target: 'resting',
          actions: ({ context, event }) => void context.notes.push(event.error),
        },
      },
    },
  },
});

const start = () => {
  const actor = createActor(machine).start();
  const resting = () => until(() => actor.getSnapshot().value === 'resting');
  const { notes } = actor.getSnapshot().context;
  return { actor, resting, notes };
};

describe('A machine that invokes a process', () => {
  it('goes on when it is done', async () => {
    const { actor, notes, resting } = start();
    actor.send({ type: 'work', script: 'read line; exit 0' });
    expect(living()).toHaveLength(1);
    actor.send({ type: 'go.on' });
    await resting();
    expect(notes).toEqual([{ code: 0 }]);
  });

  it.each<[what: string, script: string, error: object]>([
    ['fails', 'echo no >&2; exit 3', { name: 'ProcessError', code: 3, stderr: ['no'] }],
    ['cannot be started', 'a NUL byte: \0', { message: expect.stringMatching(/args\[1\]/) }],
  ])('handles the error of one that %s', async (_what, script, error) => {
    const { actor, notes, resting } = start();
    actor.send({ type: 'work', script });
    await resting();
    expect(notes).toEqual([expect.objectContaining(error)]);
  });

  it('hears its lines', async () => {
    const { actor, resting } = start();
    actor.send({ type: 'work', script: 'echo one; echo two' });
    const lines: string[] = [];
    actor.getSnapshot().children.process!.on('process.line', ({ line }: ProcessLineEvent) => lines.push(line));
    await resting();
    expect(lines).toEqual(['one', 'two']);
  });

  it('ends it, and all its group, as it leaves the state', async () => {
    const { actor } = start();
    actor.send({ type: 'work', script: 'sleep 1000 & sleep 1000 & sleep 1000' });
    await asleep(4);
    actor.send({ type: 'rest' });
    await nobodyLeft();
    expect(actor.getSnapshot()).toMatchObject({ status: 'active', value: 'resting' });
  });

  it('ends it as it ends', async () => {
    const { actor } = start();
    actor.send({ type: 'work', script: 'sleep 1000 & sleep 1000' });
    await asleep(3);
    actor.stop();
    await nobodyLeft();
  });
});

describe('A session that is a machine', () => {
  it('that crashes takes its processes with it before the next begins', async () => {
    const { host, clock, events, open } = openHost({
      session: machine,
      input: () => ({}),
      intensity: { maxRestarts: 1 },
    });
    const ref = await open('s1');
    ref.send({ type: 'work', script: `trap '' TERM; sleep 1000 & wait` });
    await asleep(2);
    ref.send({ type: 'crash' });
    expect(host.isRunning('s1')).toBe(false);
    expect(living()).toHaveLength(2);
    clock.increment(5_000);
    await until(() => host.isRunning('s1'));
    expect(living()).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: 'session.restarted', incarnation: 2 });
  });

  it.each(['stopSession', 'close'] as const)('waits for them: host.%s', async (how) => {
    const { host, open } = openHost({ session: machine, input: () => ({}) });
    const ref = await open('s1');
    ref.send({ type: 'work', script: `trap 'sleep 0.05; exit' TERM; sleep 1000 & wait` });
    await asleep(2);
    await host[how]('s1');
    expect(living()).toEqual([]);
  });
});
