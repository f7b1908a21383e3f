import { createSessionHost, memoryStore } from 'xstate-supervisor';
import type { SessionHost, SessionStore } from 'xstate-supervisor';
import { newPaths } from '../project-paths.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { sessionMachine } from '../session-machine.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const sessions = 10_000;

const resumed = 'resumeAll';
const started = 'startSession';

export const resume: Row = {
  name: 'resuming 10,000 sessions from memory: for each of them',
  isShown: true,
  goals: [{ of: resumed, to: started, atMost: 2 }],
  measure: async (rounds) =>
    timed(
      {
        [resumed]: await resuming(),
        [started]: starting(() => memoryStore()),
        [`${started}, without a store`]: starting(() => undefined),
      },
      rounds,
    ),
};

type Host = SessionHost<typeof sessionMachine>;

const hostWith = (store: SessionStore | undefined): Host =>
  createSessionHost({
    session: sessionMachine,
    projectPaths: 'text',
    maxSessions: Infinity,
    logger: () => {},
    ...(store && { store }),
  });

async function startAll(host: Host, paths: readonly string[]): Promise<void> {
  const all = await Promise.all(paths.map((projectPath) => host.startSession({ projectPath })));
  for (const one of all) if (!one.ok) throw one.error;
}

function starting(storeOf: () => SessionStore | undefined): Contestant {
  let host: Host;
  let paths: string[] = [];
  return {
    operations: sessions,
    before: () => {
      host = hostWith(storeOf());
      paths = newPaths(sessions);
    },
    run: () => startAll(host, paths),
    after: () => end(host),
  };
}

async function resuming(): Promise<Contestant> {
  const records = new Map<string, string>();
  const first = hostWith(memoryStore(records));
  await startAll(first, newPaths(sessions));
  for (const id of first.ids()) first.session(id)!.send({ type: 'next' });
  await first.close();
  let host: Host;
  return {
    operations: sessions,
    before: () => void (host = hostWith(memoryStore(records))),
    run: async () => {
      const all = await host.resumeAll();
      if (!all.ok) throw all.error;
      same('resumed', all.value.resumed.length, sessions);
    },
    after: async () => {
      same('its state', host.session(host.ids().at(-1)!)!.getSnapshot().value, 'working');
      await end(host);
    },
  };
}

async function end(host: Host): Promise<void> {
  same('open', host.count(), sessions);
  await host.close();
}
