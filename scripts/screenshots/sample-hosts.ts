import { setTimeout as passed } from 'node:timers/promises';
import { assign, fromPromise, setup } from 'xstate';
import { createSessionHost, sessionTree } from '../../src/index.ts';
import type { SessionHost } from '../../src/index.ts';

/** A host with sessions in it, and something that goes on in them. */
export interface Sample {
  readonly host: SessionHost;
  /** Returns the end of it. */
  begin(): () => void;
}

const projects = ['bakery', 'lighthouse', 'observatory', 'harbour', 'orchard', 'printworks', 'railway'];
const fail = (message: string) => () => {
  throw new Error(message);
};

const chat = setup({
  types: {
    input: {} as { readonly session: { readonly projectPath: string } },
    context: {} as { readonly directory: string; readonly messages: readonly string[]; readonly tokens: number },
    events: {} as
      | { readonly type: 'user.message'; readonly text: string }
      | { readonly type: 'user.cancel' }
      | { readonly type: 'model.token' }
      | { readonly type: 'model.lost' },
  },
  actors: { model: fromPromise(() => new Promise<string>(() => {})) },
  actions: {
    lost: fail('connect ECONNREFUSED 127.0.0.1:11434'),
    listen: assign({ messages: ({ context, event }) => [...context.messages, 'text' in event ? event.text : ''] }),
    count: assign({ tokens: ({ context }) => context.tokens + 1 }),
  },
  delays: { patience: 90_000 },
}).createMachine({
  id: 'chat',
  context: ({ input }) => ({ directory: input.session.projectPath, messages: [], tokens: 0 }),
  initial: 'idle',
  on: { 'model.lost': { actions: 'lost' } },
  states: {
    idle: { on: { 'user.message': { target: 'answering', actions: 'listen' } } },
    answering: {
      initial: 'thinking',
      invoke: { src: 'model', id: 'model', onDone: 'idle', onError: 'failed' },
      on: { 'user.cancel': 'idle' },
      after: { patience: 'failed' },
      states: {
        thinking: { on: { 'model.token': { target: 'writing', actions: 'count' } } },
        writing: { on: { 'model.token': { actions: 'count' } } },
      },
    },
    failed: { on: { 'user.message': { target: 'answering', actions: 'listen' } } },
  },
});

const worker = (state: string) =>
  setup({
    types: { events: {} as { readonly type: 'fail' } },
    actions: { fail: fail('it ran out of memory') },
  }).createMachine({ initial: state, states: { [state]: {} }, on: { fail: { actions: 'fail' } } });

const workshop = sessionTree({
  strategy: 'rest_for_one',
  intensity: { maxRestarts: 5, withinMs: 60_000 },
  backoff: { minMs: 4_000, maxMs: 9_000, jitter: 'none' },
  children: () => [
    { id: 'editor', src: worker('open') },
    { id: 'compiler', src: worker('watching') },
    { id: 'preview', src: worker('serving') },
  ],
});

/** Sessions that are trees of three actors. */
export async function workshops(): Promise<Sample> {
  const host = await filled(createSessionHost({ session: workshop, ...quiet }) as never, projects.slice(0, 4));
  const begin = () => {
    const [, lighthouse, observatory] = host.ids();
    void passed(300).then(() => host.restartSession(observatory!));
    void passed(1_600).then(() => host.whereis(lighthouse!, 'compiler')?.send({ type: 'fail' }));
    return () => {};
  };
  return { host, begin };
}

/** Sessions of one machine each. */
export async function chats(): Promise<Sample> {
  const backoff = { minMs: 500, maxMs: 8_000, jitter: 'none' } as const;
  const host = await filled(createSessionHost({ session: chat, backoff, ...quiet }) as never, projects);
  const begin = () => {
    const [, lighthouse, , harbour] = host.ids();
    const send = (id: string, event: object) => host.session(id)?.send(event);
    send(lighthouse!, { type: 'model.lost' });
    void passed(900).then(() => send(lighthouse!, { type: 'user.message', text: 'How far does the light reach?' }));
    const timer = setInterval(() => {
      send(lighthouse!, { type: 'model.token' });
      send(harbour!, { type: 'user.message', text: 'Which ships are due?' });
    }, 400);
    return () => clearInterval(timer);
  };
  return { host, begin };
}

const quiet = { projectPaths: 'text', logger: () => {} } as const;

async function filled(host: SessionHost, names: readonly string[]): Promise<SessionHost> {
  for (const name of names) await host.startSession({ projectPath: `/home/ada/${name}` });
  return host;
}
