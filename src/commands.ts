import type { AnyActorRef } from 'xstate';
import { refused } from './core/result.ts';
import { stopping } from './core/stopping.ts';
import { monitor } from './monitor.ts';
import { isStopped } from './xstate/internals.ts';

/**
 * A command that waits for its answer, which whoever has its event sends to it. They stand in a ring, behind one that is
 * no command: a set of them would cost more than all else about a command. Inspectors see it, but nothing of that.
 */
class Unanswered {
  #before: Unanswered = this;
  #after: Unanswered = this;
  readonly #resolve: ((result: unknown) => void) | undefined;

  constructor(resolve?: (result: unknown) => void) {
    this.#resolve = resolve;
  }

  send(result: unknown): void {
    this.#before.#after = this.#after;
    this.#after.#before = this.#before;
    this.#before = this.#after = this;
    this.#resolve?.(result);
  }

  /** As the last before it. */
  add(command: Unanswered): void {
    command.#before = this.#before;
    command.#after = this;
    this.#before.#after = command;
    this.#before = command;
  }

  answerAll(result: unknown): void {
    while (this.#after !== this) this.#after.send(result);
  }
}

/**
 * Commands that have been given to actors, and their answers as promises. An actor that ends takes along what still waits
 * in its mailbox: that is answered `stopping`.
 */
export class Commands {
  private readonly unanswered = new Map<AnyActorRef, Unanswered>();

  /**
   * @param target one that runs
   * @param event is given its `replyTo`
   */
  give(target: AnyActorRef, event: { readonly type: string; replyTo?: object }): Promise<unknown> {
    const ring = this.unanswered.get(target) ?? this.watch(target);
    if (isStopped(target)) return Promise.resolve(refused(stopping()));
    return new Promise((resolve) => {
      const command = new Unanswered(resolve);
      ring.add(command);
      event.replyTo = command;
      target.send(event);
    });
  }

  private watch(target: AnyActorRef): Unanswered {
    const ring = new Unanswered();
    this.unanswered.set(target, ring);
    monitor(target, () => {
      this.unanswered.delete(target);
      ring.answerAll(refused(stopping()));
    });
    return ring;
  }
}
