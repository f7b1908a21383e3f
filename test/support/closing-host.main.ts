/** Closes a host in the midst of all that it may be doing, and must then end by itself: nobody calls `process.exit`. */
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromCallback, fromPromise, setup } from 'xstate';
import { ask, createSessionHost, monitor } from '../../src/index.ts';
import type { Session } from '../../src/index.ts';

const hour = 3_600_000;

const busy = setup({
  types: { events: {} as { type: 'crash' } | { type: 'never.answered'; replyTo?: { send(reply: number): void } } },
  actors: {
    ticker: fromCallback(() => {
      const timer = setInterval(() => {}, hour);
      return () => clearInterval(timer);
    }),
    waiter: fromPromise<void>(
      ({ signal }) =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, hour);
          signal.addEventListener('abort', () => clearTimeout(timer));
        }),
    ),
  },
  actions: {
    crash: () => {
      throw new Error('crash');
    },
  },
}).createMachine({
  invoke: [{ src: 'ticker' }, { src: 'waiter' }],
  initial: 'working',
  on: { crash: { actions: 'crash' }, 'never.answered': {}, 'supervisor.shutdown': '.leaving' },
  states: {
    working: { after: { [hour]: 'gone' } },
    leaving: { after: { 20: 'gone' } },
    gone: { type: 'final' },
  },
});

const host = createSessionHost({
  session: busy,
  input: () => ({}),
  backoff: { minMs: hour, maxMs: hour },
  shutdown: hour,
  logger() {},
});
host.on('*', () => {});
host.actor.subscribe(() => {});
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'xstate-supervisor-')));
const open = async (id: string, projectPath = mkdtempSync(join(folder, 'project-'))) => {
  const opened = await host.startSession({ id, projectPath });
  if (!opened.ok) throw opened.error;
  return opened.value.ref;
};
const code = (error: { readonly code: string }) => error.code;

const [running, waiting, stopping, restarting] = [await open('a'), await open('b'), await open('c'), await open('d')];
for (const ref of [running, waiting, stopping, restarting]) {
  ref.subscribe(() => {});
  ref.on('*', () => {});
  monitor(ref, () => {});
}
waiting.send({ type: 'crash' });
const pending = [
  host.stopSession('c'),
  host.restartSession('d'),
  host.startSession({ id: 'e', projectPath: folder }),
  host.stopSession('e'),
].map((answer) => answer.then((result) => result.ok || code(result.error)));
const asked = [running, waiting].map((ref) => ask(ref, { type: 'never.answered' }, { timeoutMs: hour }).catch(code));
const sessions: readonly Session[] = host.list();

const at = performance.now();
await host.close();
const isSlow = performance.now() - at > hour / 2;
const told = {
  sessions: sessions.length,
  pending: await Promise.all(pending),
  asked: await Promise.all(asked),
  isSlow,
};
// Which comes only once nothing keeps the process alive any more.
process.once('beforeExit', () => console.log(JSON.stringify(told)));
