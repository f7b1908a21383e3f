import { assign, createActor, setup, spawnChild, stopChild } from 'xstate';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { sessionMachine } from '../session-machine.ts';
import type { Crowd } from './crowd.ts';

interface Paths {
  readonly type: 'fill' | 'start' | 'stop';
  /** Of one session, unless it is to fill. */
  readonly paths: readonly string[];
}

const crowdOf = (session: AnyActorLogic) =>
  setup({ types: { events: {} as Paths }, actors: { session } }).createMachine({
    on: {
      // All in one go: each `spawnChild` copies the list of all children.
      fill: {
        actions: assign(({ event, spawn }) => {
          for (const id of event.paths) spawn('session', { id, input: { session: { projectPath: id } } });
          return {};
        }),
      },
      start: {
        actions: spawnChild('session', {
          id: ({ event }) => event.paths[0]!,
          input: ({ event }: { readonly event: Paths }) => ({ session: { projectPath: event.paths[0] } }),
        }),
      },
      stop: { actions: stopChild(({ event }) => event.paths[0]!) },
    },
  });

/** Children of one machine of XState, in one actor system. */
export class SpawnedCrowd implements Crowd {
  private readonly parent;
  private readonly paths: string[] = [];

  constructor(session: AnyActorLogic = sessionMachine) {
    this.parent = createActor(crowdOf(session)).start();
  }

  count(): number {
    return this.refs().length;
  }

  fill(paths: readonly string[]): void {
    this.parent.send({ type: 'fill', paths });
    for (const path of paths) this.paths.push(path);
  }

  start(paths: readonly string[]): void {
    for (const path of paths) {
      this.parent.send({ type: 'start', paths: [path] });
      this.paths.push(path);
    }
  }

  stop(count: number): void {
    for (let n = 0; n < count; n++) this.parent.send({ type: 'stop', paths: [this.paths.pop()!] });
  }

  close(): void {
    this.parent.stop();
  }

  refs(): AnyActorRef[] {
    return Object.values(this.parent.getSnapshot().children as Record<string, AnyActorRef>);
  }

  send(times: number): void {
    const [child] = this.refs();
    for (let n = 0; n < times; n++) child!.send({ type: 'next' });
  }
}
