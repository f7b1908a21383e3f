import { Deferred, Effect, Exit, FiberMap, Queue, Schedule, Scope } from 'effect';
import { births } from '../session-machine.ts';
import type { Crowd } from './crowd.ts';

type State = 'idle' | 'working' | 'paused';
type Message =
  | { readonly type: 'next' }
  | { readonly type: 'crash' }
  | { readonly type: 'count'; readonly answer: Deferred.Deferred<number> };

interface Session {
  readonly path: string;
  readonly inbox: Queue.Queue<Message>;
}

const after = { idle: 'working', working: 'paused', paused: 'idle' } as const;

/** Fibers of Effect in a FiberMap, each with a queue of messages and a schedule by which it is restarted. */
export class EffectCrowd implements Crowd {
  private readonly scope = Effect.runSync(Scope.make());
  private readonly fibers = Effect.runSync(FiberMap.make<string, never, never>().pipe(Scope.provide(this.scope)));
  private readonly sessions: Session[] = [];
  private begun: Deferred.Deferred<void> | undefined;

  count(): number {
    return Effect.runSync(FiberMap.size(this.fibers));
  }

  fill(paths: readonly string[]): Promise<void> {
    return this.start(paths);
  }

  start(paths: readonly string[]): Promise<void> {
    const { fibers, sessions } = this;
    const run = (path: string, inbox: Queue.Queue<Message>) => this.run(path, inbox);
    return Effect.runPromise(
      Effect.gen(function* () {
        for (const path of paths) {
          const inbox = yield* Queue.unbounded<Message>();
          yield* FiberMap.run(fibers, path, run(path, inbox));
          sessions.push({ path, inbox });
        }
      }),
    );
  }

  stop(count: number): Promise<void> {
    const { fibers, sessions } = this;
    return Effect.runPromise(
      Effect.gen(function* () {
        for (let n = 0; n < count; n++) yield* FiberMap.remove(fibers, sessions.pop()!.path);
      }),
    );
  }

  close(): Promise<void> {
    this.sessions.length = 0;
    return Effect.runPromise(Scope.close(this.scope, Exit.void));
  }

  async send(times: number): Promise<void> {
    const { inbox } = this.sessions[0]!;
    await Effect.runPromise(
      Effect.gen(function* () {
        for (let n = 0; n < times; n++) yield* Queue.offer(inbox, { type: 'next' });
      }),
    );
    // It has seen all of them when it answers.
    await this.ask(1);
  }

  crash(times: number): Promise<void> {
    const { inbox } = this.sessions[0]!;
    const expect = (begun: Deferred.Deferred<void>) => (this.begun = begun);
    return Effect.runPromise(
      Effect.gen(function* () {
        for (let n = 0; n < times; n++) {
          const begun = expect(yield* Deferred.make<void>());
          yield* Queue.offer(inbox, { type: 'crash' });
          yield* Deferred.await(begun);
        }
      }),
    );
  }

  ask(times: number): Promise<number> {
    const { inbox } = this.sessions[0]!;
    return Effect.runPromise(
      Effect.gen(function* () {
        let count = 0;
        for (let n = 0; n < times; n++) {
          const answer = yield* Deferred.make<number>();
          yield* Queue.offer(inbox, { type: 'count', answer });
          count = yield* Deferred.await(answer);
        }
        return count;
      }),
    );
  }

  private run(path: string, inbox: Queue.Queue<Message>): Effect.Effect<never> {
    const begin = () => this.begun;
    const count = () => this.sessions.length;
    return Effect.gen(function* () {
      births.count += 1;
      const begun = begin();
      if (begun !== undefined) yield* Deferred.succeed(begun, undefined);
      const context = { session: { projectPath: path } };
      let state: State = 'idle';
      while (context.session.projectPath !== '') {
        const message = yield* Queue.take(inbox);
        if (message.type === 'next') state = after[state];
        else if (message.type === 'crash') return yield* Effect.fail(new Error('crashed as told'));
        else yield* Deferred.succeed(message.answer, count());
      }
      throw new Error('A session has no path');
    }).pipe(Effect.retry(Schedule.forever), Effect.orDie);
  }
}
