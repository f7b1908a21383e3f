import { createActor } from 'xstate';
import type { ActorOptions, ActorRefFrom } from 'xstate';
import { sessionMachine } from '../session-machine.ts';
import { Turn } from '../turn.ts';
import type { Crowd } from './crowd.ts';

type Logic = typeof sessionMachine;

/** Root actors of XState in an array, which nobody supervises. */
export class BareCrowd implements Crowd {
  private readonly actors: ActorRefFrom<Logic>[] = [];
  private readonly turn = new Turn();

  constructor(private readonly options: Pick<ActorOptions<Logic>, 'inspect'> = {}) {}

  count(): number {
    return this.actors.length;
  }

  fill(paths: readonly string[]): void {
    this.start(paths);
  }

  start(paths: readonly string[]): void {
    for (const projectPath of paths) this.actors.push(this.create(projectPath).start());
  }

  stop(count: number): void {
    for (let n = 0; n < count; n++) this.actors.pop()!.stop();
  }

  close(): void {
    for (const actor of this.actors) actor.stop();
    this.actors.length = 0;
  }

  refs(): ActorRefFrom<Logic>[] {
    return [...this.actors];
  }

  send(times: number): void {
    const actor = this.actors[0]!;
    for (let n = 0; n < times; n++) actor.send({ type: 'next' });
  }

  /** Crashes actors, and creates others in their place by hand. */
  crash(times: number, among = this.actors.length): void {
    for (let n = 0; n < times; n++) {
      const at = this.turn.next(among);
      const actor = this.actors[at]!;
      // Without an observer of errors the crash would be the process's.
      actor.subscribe({ error() {} });
      actor.send({ type: 'crash' });
      this.actors[at] = this.create(actor.getSnapshot().context.session.projectPath).start();
    }
  }

  private create(projectPath: string) {
    const input = { session: { projectPath } };
    const { inspect } = this.options;
    return createActor(sessionMachine, inspect === undefined ? { input } : { input, inspect });
  }
}
