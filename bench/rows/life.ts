import { createActor } from 'xstate';
import { createSessionHost } from 'xstate-supervisor';
import * as by from '../names.ts';
import { newPaths } from '../project-paths.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { births, sessionMachine } from '../session-machine.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const sessions = 100_000;
const events = 10;
/** Of so many, one crashes. */
const perCrash = 100;

export const life: Row = {
  name: '100,000 sessions from start to end, 10 events each, 1 % crashed: for each of them',
  goals: [{ of: by.ours, to: by.bare, atMost: 1.5 }],
  measure: (rounds) => timed({ [by.ours]: living(supervised), [by.bare]: living(unsupervised) }, Math.min(rounds, 5)),
};

function living(live: (paths: readonly string[]) => void | Promise<void>): Contestant {
  let paths: string[] = [];
  let born = 0;
  return {
    operations: sessions,
    before: () => {
      paths = newPaths(sessions);
      born = births.count;
    },
    run: () => live(paths),
    after: () => same('sessions that began', births.count - born, sessions + sessions / perCrash),
  };
}

async function supervised(paths: readonly string[]): Promise<void> {
  const host = createSessionHost({
    session: sessionMachine,
    projectPaths: 'text',
    maxSessions: Infinity,
    logger: () => {},
  });
  const opened = [];
  for (const projectPath of paths) {
    const started = await host.startSession({ projectPath });
    if (!started.ok) throw started.error;
    opened.push(started.value);
  }
  for (const { ref } of opened) {
    for (let n = 0; n < events; n++) ref.send({ type: 'next' });
  }
  for (let n = 0; n < opened.length; n += perCrash) opened[n]!.ref.send({ type: 'crash' });
  await host.close();
  same('open after the end', host.count(), 0);
}

/** The same, with nobody to look after them: those that crash are created anew by hand. */
function unsupervised(paths: readonly string[]): void {
  const create = (projectPath: string) => createActor(sessionMachine, { input: { session: { projectPath } } });
  const actors = [];
  for (const projectPath of paths) actors.push(create(projectPath).start());
  for (const actor of actors) {
    for (let n = 0; n < events; n++) actor.send({ type: 'next' });
  }
  for (let n = 0; n < actors.length; n += perCrash) {
    const actor = actors[n]!;
    actor.subscribe({ error() {} });
    actor.send({ type: 'crash' });
    actors[n] = create(paths[n]!).start();
  }
  for (const actor of actors) actor.stop();
}
