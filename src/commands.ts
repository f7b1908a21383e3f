import type { AnyActorRef } from 'xstate';
import { refused } from './core/result.ts';
import { stopping } from './core/stopping.ts';
import { monitor } from './monitor.ts';
import { isStopped } from './xstate/internals.ts';

/**
 * A command, to whoever answers it: the `replyTo` of its event, of which an inspector sees nothing but `send`. Those that
 * wait stand in a ring, behind one that is no command: a set would cost more than all else about them.
 */
class Command {
  #before: Command = this;
  #after: Command = this;
  #isAnswered = false;
  #answer: unknown;
  #resolve: ((answer: unknown) => void) | undefined;

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  // Most are answered at once: what is needed to wait is made for those that are not.
  get answer(): Promise<unknown> {
    if (this.#isAnswered) return Promise.resolve(this.#answer);
    return new Promise((resolve) => (this.#resolve = resolve));
  }

  send(answer: unknown): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#answer = answer;
    this.#before.#after = this.#after;
    this.#after.#before = this.#before;
    this.#before = this.#after = this;
    this.#resolve?.(answer);
  }

  /** Puts a command last in the ring of this one. */
  add(command: Command): void {
    command.#before = this.#before;
    command.#after = this;
    this.#before.#after = command;
    this.#before = command;
  }

  answerRing(answer: unknown): void {
    while (this.#after !== this) this.#after.send(answer);
  }
}

/**
 * Commands that have been given to actors, and their answers as promises. An actor that ends takes along what still waits
 * in its mailbox: that is answered `stopping`.
 */
export class Commands {
  private readonly rings = new Map<AnyActorRef, Command>();

  /** @param event is given its `replyTo` */
  give(target: AnyActorRef, event: { readonly type: string; replyTo?: object }): Promise<unknown> {
    const command = new Command();
    event.replyTo = command;
    if (!isStopped(target)) target.send(event);
    if (isStopped(target)) command.send(refused(stopping()));
    else if (!command.isAnswered) this.ringOf(target).add(command);
    return command.answer;
  }

  private ringOf(target: AnyActorRef): Command {
    const known = this.rings.get(target);
    if (known !== undefined) return known;
    const ring = new Command();
    this.rings.set(target, ring);
    monitor(target, () => {
      this.rings.delete(target);
      ring.answerRing(refused(stopping()));
    });
    return ring;
  }
}
