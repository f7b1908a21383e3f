import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { ask } from '../../src/index.ts';
import type { SessionRuntimeRef } from '../../src/index.ts';

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

/** The runtime's own children. */
export async function childrenOf({ actor }: { readonly actor: AnyActorRef }) {
  const children = await ask(actor as SessionRuntimeRef<AnyActorLogic, object>, { type: 'supervisor.which_children' });
  if (!children.ok) throw new Error('which_children is always answered');
  const refOf = (id: string) => children.value.find((child) => child.id === id)!.ref!;
  return { registry: refOf('registry'), sessions: refOf('sessions') };
}
