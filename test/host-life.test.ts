import fc from 'fast-check';
import { ok } from '../src/index.ts';
import type { Reply, SessionCommand } from '../src/index.ts';
import { settled } from './support/answers.ts';
import { childrenOf, waysToBreak } from './support/break-actor.ts';
import { createGate } from './support/gate.ts';
import type { Gate } from './support/gate.ts';
import { lingering } from './support/lingering.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';

const ids = ['a', 'b', 'c'] as const;

/** What may happen to a host, in any order. */
type Step =
  | { readonly do: 'start' | 'stop' | 'restart' | 'rename' | 'update'; readonly id: string }
  | { readonly do: 'crash' | 'leave' | 'restart itself' | 'stop itself' | 'stop itself and crash'; readonly id: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'check a path' | 'refuse a path' | 'break the registry' | 'break the sessions' | 'yield' | 'close' };

const onSession = [
  ...(['start', 'stop', 'restart', 'rename', 'update'] as const),
  ...(['crash', 'leave', 'restart itself', 'stop itself', 'stop itself and crash'] as const),
];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constantFrom(...onSession), id: fc.constantFrom(...ids) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 49, 50, 100, 400) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('check a path', 'refuse a path', 'yield') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('break the registry', 'break the sessions', 'close') }) },
);

interface World {
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly backoff: boolean;
  readonly shutdown: 'brutal_kill' | number;
  readonly isSlow: boolean;
  readonly steps: readonly Step[];
}

const world: fc.Arbitrary<World> = fc.record({
  restart: fc.constantFrom('permanent', 'transient', 'temporary'),
  backoff: fc.boolean(),
  shutdown: fc.constantFrom<World['shutdown'][]>('brutal_kill', 0, 50),
  isSlow: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
});

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string };
}

interface Heard {
  readonly type: string;
  readonly session?: { readonly id: string };
}

/** What a session may be heard to do next: from its start to its one end. */
const grammar: Readonly<Record<string, readonly string[]>> = {
  none: ['session.started'],
  running: ['session.crashed', 'session.restarted', 'session.updated', 'session.stopped', 'session.failed'],
  crashed: ['session.restarted', 'session.updated', 'session.stopped', 'session.failed', 'session.crashed'],
};

function check(events: readonly Heard[]): void {
  const states = new Map<string, string>();
  for (const event of events) {
    if (event.session === undefined) continue;
    const { id } = event.session;
    const state = states.get(id) ?? 'none';
    if (!grammar[state]!.includes(event.type)) throw new Error(`${id}, ${state}: ${event.type}`);
    if (event.type === 'session.started') states.set(id, 'running');
    else if (event.type === 'session.crashed') states.set(id, 'crashed');
    else if (event.type === 'session.restarted') states.set(id, 'running');
    else if (event.type === 'session.stopped' || event.type === 'session.failed') states.delete(id);
  }
  if (states.size > 0) throw new Error(`${[...states.keys()].join()} never ended`);
}

async function live({ restart, backoff, shutdown, isSlow, steps }: World) {
  const gates: Gate<Reply<string, 'start_failed'>>[] = [];
  const { host, clock, events } = openHost({
    session: lingering,
    restart,
    shutdown,
    ...(backoff && { backoff: steadyBackoff }),
    projectPaths: (path) => {
      if (!isSlow) return ok(path);
      const gate = createGate<Reply<string, 'start_failed'>>();
      gates.push(gate);
      return gate.promise;
    },
  });
  const commands: { readonly name: string; answer?: string }[] = [];
  const command = (name: string, result: Promise<Answer>) => {
    const entry: (typeof commands)[number] = { name };
    commands.push(entry);
    void result.then((answer) => (entry.answer = answer.ok ? 'ok' : answer.error!.code));
  };
  const send = (event: SessionCommand) =>
    command(`event ${event.type} ${event.id}`, new Promise((send) => host.send({ ...event, replyTo: { send } })));
  const refs = new Map(ids.map((id) => [id as string, undefined as ReturnType<typeof host.session>]));
  host.on('session.started', ({ session, ref }) => refs.set(session.id, ref));
  // Whatever is heard of a session, reads agree with it.
  host.on('*', (event) => {
    if (event.type === 'session.started') expect(host.lookup(event.session.id).ok).toBe(true);
    if (event.type === 'session.stopped' || event.type === 'session.failed') {
      expect([host.lookup(event.session.id).ok, host.session(event.session.id)]).toEqual([false, undefined]);
    }
  });
  let closed: Promise<void> | undefined;
  const sabotage = async (child: 'registry' | 'sessions') => {
    if (closed !== undefined || host.actor.getSnapshot().status !== 'active') return;
    const ref = (await childrenOf(host))[child];
    // One that is down cannot be broken: its runtime is at work on it.
    if (ref !== undefined) waysToBreak['crashes at an event']!(ref);
  };
  for (const each of steps) {
    const { do: what, id, ms } = each as { do: Step['do']; id: string; ms: number };
    const run = (work: () => void) => refs.get(id)?.send({ type: 'do', work });
    switch (what) {
      case 'start':
        command(`start ${id}`, host.startSession({ projectPath: `/${id}`, id }));
        send({ type: 'session.start', projectPath: `/other/${id}`, id });
        break;
      case 'stop':
        command(`stop ${id}`, host.stopSession(id));
        send({ type: 'session.stop', id });
        break;
      case 'restart':
        command(`restart ${id}`, host.restartSession(id));
        send({ type: 'session.restart', id });
        break;
      case 'rename':
        command(`rename ${id}`, host.renameSession(id, 'new'));
        break;
      case 'update': {
        const found = host.lookup(id);
        if (found.ok) command(`update ${id}`, host.updateSession({ ...found.value, name: 'newer' }));
        break;
      }
      case 'crash':
      case 'leave':
        refs.get(id)?.send({ type: what });
        break;
      case 'restart itself':
        run(() => command(`restart ${id}`, host.restartSession(id)));
        break;
      case 'stop itself':
        run(() => command(`stop ${id}`, host.stopSession(id)));
        break;
      case 'stop itself and crash':
        run(() => {
          command(`stop ${id}`, host.stopSession(id));
          throw new Error('boom');
        });
        break;
      case 'wait':
        clock.increment(ms);
        break;
      case 'check a path':
        gates.shift()?.open(ok(`/${Math.random()}`));
        break;
      case 'refuse a path':
        gates.shift()?.fail(new Error('no disk'));
        break;
      case 'break the registry':
        await sabotage('registry');
        break;
      case 'break the sessions':
        await sabotage('sessions');
        break;
      case 'yield':
        await settled();
        break;
      case 'close':
        closed = host.close();
    }
  }
  closed = host.close();
  for (let time = 0; time < 100; time += 1) clock.increment(50);
  await closed;
  await settled();
  check(events);
  expect(commands.filter(({ answer }) => answer === undefined)).toEqual([]);
  expect([host.count(), host.list(), clock.timers]).toEqual([0, [], 0]);
  for (const ref of refs.values()) {
    if (ref !== undefined) expect(['stopped', 'done', 'error']).toContain(ref.getSnapshot().status);
  }
}

describe('Whatever happens to a host, until it is closed', () => {
  it('each session is heard to start, to live, and to end once; each command is answered; nothing is left', async () => {
    await fc.assert(fc.asyncProperty(world, live), { numRuns: 500 });
    // As long as a busy machine takes.
  }, 60_000);
});
