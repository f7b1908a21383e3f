/** A host that runs scripts of the shell, does what it is told on its standard input, and says what becomes of it. */
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Session } from '../../src/index.ts';
import { createSessionHost } from '../../src/index.ts';
import { closeOnSignals, fromProcess } from '../../src/node/index.ts';
import { childrenOf, sabotage } from './break-actor.ts';

const env = JSON.parse(process.argv[2]!) as Record<string, string>;
const say = (...words: unknown[]) => process.stdout.write(`${words.join(' ')}\n`);

const script = fromProcess(({ input }: { input: { session: Session<{ script: string }> } }) => ({
  command: 'sh',
  args: ['-c', input.session.config.script],
  env,
}));
const host = createSessionHost<typeof script, { script: string }>({
  session: script,
  maxSessions: 1_000,
  projectPaths: 'text',
  logger() {},
});
host.on('*', (event) => say(event.type, 'session' in event ? event.session.id : ''));
host.on('session.stopped', ({ reason }) => say('reason', reason));

let subscription: { unsubscribe(): void } | undefined;

const acts: Record<string, (rest: string) => unknown> = {
  async open(rest) {
    const id = `s${opens++}`;
    const opened = await host.startSession({ projectPath: `/${id}`, id, config: { script: rest } });
    if (!opened.ok) return say('refused', opened.error.code);
    const { ref } = opened.value;
    ref.on('process.line', ({ line }) => say('line', line));
    say('opened', ref.getSnapshot().pid);
  },
  stop: (id) => host.stopSession(id),
  close: () => host.close().then(() => say('closed')),
  signals() {
    subscription = closeOnSignals(host);
    say('listening');
  },
  /** Another host, which runs one script, and closes on signals too. */
  async another(rest) {
    const other = createSessionHost<typeof script, { script: string }>({
      session: script,
      projectPaths: 'text',
      logger() {},
    });
    other.on('session.stopped', () => say('another stopped'));
    closeOnSignals(other);
    const opened = await other.startSession({ projectPath: '/another', config: { script: rest } });
    say(opened.ok ? 'another opened' : opened.error);
  },
  unsubscribe: () => subscription!.unsubscribe(),
  count: () => say('listeners', process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')),
  /** Makes the runtime give up. */
  async fail() {
    for (let restarts = 0; restarts <= 3; restarts++) {
      const { registry } = await childrenOf(host);
      sabotage(registry);
      registry.send({ type: 'registry.count' });
    }
  },
  /** Leaves room for so many open files. */
  room(count) {
    const files: number[] = [];
    try {
      for (;;) files.push(openSync('/dev/null', 'r'));
    } catch {
      for (const file of files.slice(0, Number(count))) closeSync(file);
    }
  },
  throw: () =>
    setTimeout(() => {
      throw new Error('thrown as told');
    }),
  reject: () => void Promise.reject(new Error('rejected as told')),
  exit: (code) => process.exit(Number(code)),
  abort: () => process.abort(),
};
let opens = 0;

createInterface({ input: process.stdin }).on('line', (line) => {
  const [, act, rest] = /^(\w+) ?(.*)$/.exec(line)!;
  void acts[act!]!(rest!);
});
say('ready');
