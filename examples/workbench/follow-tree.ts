import type { AnyActorRef } from 'xstate';
import type { Session } from '../../src/index.ts';
import type { ProcessLineEvent } from '../../src/node/index.ts';
import type { RunHost } from './run-tree.ts';
import type { ChildEvent, OutputEvent } from './work-event.ts';

/**
 * Tells what happens in a session tree that has just started, and what its process writes, in all of its lives.
 *
 * @param life which life its process lives, if it runs
 */
export function followTree(
  host: RunHost,
  begun: Session,
  life: number,
  tell: (event: ChildEvent | OutputEvent) => void,
): void {
  const { id } = begun;
  // It may have another name by now.
  const session = () => {
    const found = host.lookup(id);
    return found.ok ? found.value : begun;
  };
  const heard = (event: ChildEvent) => {
    if (event.type === 'child.started' && event.id === 'process') {
      hearOutput(event.ref as AnyActorRef, (line) => tell({ session: session(), ...line }));
    }
    tell(event);
  };
  // These had started before anybody could listen.
  for (const childId of ['log', 'watch', 'process']) {
    const ref = host.whereis(id, childId);
    const incarnation = childId === 'process' ? life : 1;
    if (ref !== undefined) heard({ session: session(), type: 'child.started', id: childId, ref, incarnation });
  }
  host.session(id)?.on('*', (event) => {
    if (isOfChild(event)) heard({ session: session(), ...event });
  });
}

const mostInOneTurn = 1000;

// One that writes without end would have Node read without end: now and then all others have their turn.
function hearOutput(ref: AnyActorRef, tell: (line: ProcessLineEvent) => void): void {
  let lines = 0;
  ref.on('process.line', (line: ProcessLineEvent) => {
    tell(line);
    if (++lines % mostInOneTurn > 0) return;
    ref.send({ type: 'process.pause' });
    setImmediate(() => {
      if (ref.getSnapshot().status === 'active') ref.send({ type: 'process.resume' });
    });
  });
}

const isOfChild = <T extends { readonly type: string }>(
  event: T,
): event is Extract<T, { readonly type: `child.${string}` }> => event.type.startsWith('child.');
