import type { AnyActorRef, AnyEventObject } from 'xstate';
import { refused } from './core/result.ts';
import { stopping } from './core/stopping.ts';
import { monitor } from './monitor.ts';

type Answer = (result: unknown) => void;

/**
 * Commands that have been given to actors, and their answers as promises. An actor that ends takes along what still waits
 * in its mailbox: that is answered `stopping`.
 */
export class Commands {
  private readonly unanswered = new Map<AnyActorRef, Set<Answer>>();

  /** @param target one that runs */
  give(target: AnyActorRef, event: AnyEventObject): Promise<unknown> {
    const answers = this.unanswered.get(target) ?? this.watch(target);
    // It has ended by now.
    if (this.unanswered.get(target) !== answers) return Promise.resolve(refused(stopping()));
    return new Promise((resolve) => {
      const send: Answer = (result) => {
        answers.delete(send);
        resolve(result);
      };
      answers.add(send);
      target.send({ ...event, replyTo: { send } });
    });
  }

  private watch(target: AnyActorRef): Set<Answer> {
    const answers = new Set<Answer>();
    this.unanswered.set(target, answers);
    monitor(target, () => {
      this.unanswered.delete(target);
      for (const answer of answers) answer(refused(stopping()));
    });
    return answers;
  }
}
