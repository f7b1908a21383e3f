/** The program that is measured. Each operation is checked to have happened. Prints the figures as JSON. */
import { strict as assert } from 'node:assert';
import { createActor, setup } from 'xstate';
import { ask, createSession, createSessionHost, sessionRegistry } from 'xstate-supervisor';
import { Meter } from './alloc-meter.ts';

type Input = { readonly session: { readonly id: string; readonly projectPath: string } };

const machine = setup({
  types: {
    input: {} as Input,
    context: {} as { readonly input: Input },
    events: {} as { type: 'go' } | { type: 'crash' } | { type: 'end' },
  },
  actions: {
    crash: () => {
      throw new Error('crash');
    },
  },
}).createMachine({
  context: ({ input }) => ({ input }),
  initial: 'idle',
  states: {
    idle: { on: { go: 'busy' } },
    busy: { on: { crash: { actions: 'crash' }, end: 'done' } },
    done: { type: 'final' },
  },
});

/** How many actors there are at a time; each operation is done to each of them. */
const count = 1000;
// After so many, whatever is going to be optimised is.
const warmUps = 10;
const rounds = 16;

const paths = Array.from({ length: count }, (_, i) => `/projects/${i}`);
const supervised = new Meter();
const bare = new Meter();
/** What the last operation returned: nothing that is returned is optimised away. */
let last: unknown;

let time = Date.UTC(2025, 0);
/** The clock of the sessions, which are kept by age: the machine's would tell a busy one from an idle one. */
const now = () => time++;

for (let round = 0; round < warmUps + rounds; round++) {
  await onHost();
  await onRegistry();
  await onActors();
}
console.log(JSON.stringify({ supervised: supervised.figures(rounds), bare: bare.figures(rounds) }));

async function onHost(): Promise<void> {
  gc!();
  const host = createSessionHost({
    session: machine,
    projectPaths: 'text',
    maxSessions: Infinity,
    logger: () => {},
    now,
    intensity: { maxRestarts: 1e6 },
  });
  await supervised.read('start', count, async () => {
    for (let i = 0; i < count; i++) last = await host.startSession({ projectPath: paths[i]! });
  });
  const ids = host.ids();
  const refs = ids.map((id) => host.session(id)!);
  assert.equal(refs.length, count);

  // The smallest of all, and so the easiest to disturb.
  const lookups = 10 * count;
  await supervised.read('lookup', lookups, () => {
    for (let i = 0; i < lookups; i++) last = host.lookup(ids[i % count]!);
  });
  assert.deepEqual(last, { ok: true, value: host.list().at(-1) });

  await supervised.read('send', count, () => {
    for (let i = 0; i < count; i++) refs[i]!.send({ type: 'go' });
  });
  assert(refs.every((ref) => ref.getSnapshot().value === 'busy'));

  await supervised.read('restart', count, () => {
    for (let i = 0; i < count; i++) refs[i]!.send({ type: 'crash' });
  });
  assert(ids.every((id, i) => host.isRunning(id) && refs[i]!.getSnapshot().value === 'idle'));

  await supervised.read('stop', count, async () => {
    for (let i = 0; i < count; i++) last = await host.stopSession(ids[i]!);
  });
  assert.equal(host.count(), 0);
  await host.close();
}

async function onRegistry(): Promise<void> {
  const sessions = paths.map((projectPath) => {
    const created = createSession({ projectPath }, { now });
    if (!created.ok) throw created.error;
    return created.value;
  });
  gc!();
  const registry = createActor(sessionRegistry({ maxSessions: Infinity })).start();
  await supervised.read('register', count, () => {
    for (let i = 0; i < count; i++) registry.send({ type: 'registry.register', session: sessions[i]! });
  });
  assert.equal(registry.getSnapshot().context.sessions.count, count);

  await supervised.read('ask', count, async () => {
    for (let i = 0; i < count; i++) last = await ask(registry, { type: 'registry.count' });
  });
  assert.deepEqual(last, { ok: true, value: count });
  registry.stop();
}

async function onActors(): Promise<void> {
  const inputs = paths.map((projectPath, i): Input => ({ session: { id: `${i}`, projectPath } }));
  const create = (i: number) => createActor(machine, { input: inputs[i]! }).start();
  const actors = new Array<ReturnType<typeof create>>(count);
  gc!();
  await bare.read('start', count, () => {
    for (let i = 0; i < count; i++) actors[i] = create(i);
  });

  await bare.read('send', count, () => {
    for (let i = 0; i < count; i++) actors[i]!.send({ type: 'go' });
  });
  assert(actors.every((actor) => actor.getSnapshot().value === 'busy'));

  // Without it XState would throw the crash at the process.
  for (const actor of actors) actor.subscribe({ error() {} });
  await bare.read('crash and start', count, () => {
    for (let i = 0; i < count; i++) {
      actors[i]!.send({ type: 'crash' });
      actors[i] = create(i);
    }
  });
  assert(actors.every((actor) => actor.getSnapshot().value === 'idle'));

  await bare.read('stop', count, () => {
    for (let i = 0; i < count; i++) actors[i]!.stop();
  });
  assert(actors.every((actor) => actor.getSnapshot().status === 'stopped'));
}
