import type { AnyActorRef } from 'xstate';
import { runtimeOf } from '../../machines/runtime.ts';

/** The error by which a broken actor crashes. */
export const broken = new Error('broken');

const crash = (): never => {
  throw broken;
};

/** Ways to end an actor that has no bug which a test could use. */
export const waysToBreak: Readonly<Record<string, (ref: AnyActorRef) => void>> = {
  'crashes at an event'(ref) {
    sabotage(ref);
    ref.send({ type: 'any.event' });
  },
  'is stopped by somebody else'(ref) {
    ref.send({ type: 'xstate.stop' });
  },
  'is stopped by somebody else, by XState’s own method'(ref) {
    (ref as unknown as { _stop(): void })._stop();
  },
};

/** Has an actor crash at the next event. */
export function sabotage(ref: AnyActorRef): void {
  const actor = ref as unknown as { logic: object };
  actor.logic = Object.assign(Object.create(actor.logic) as object, { transition: crash });
}

/** The runtime's own children, also while it waits for one of them: a question would wait with it. */
export async function childrenOf({ actor }: { readonly actor: AnyActorRef }) {
  const { children } = runtimeOf(actor).supervisor;
  const refOf = (id: string) => children.find((child) => child.id === id)!.ref!;
  return { registry: refOf('registry'), sessions: refOf('sessions') };
}
