import type { AnyActorRef, AnyEventObject } from 'xstate';
import type { Session } from '../../core/session.ts';
import type { SupervisedSession } from '../../sessions/supervised-session.ts';

/** What happens inside sessions that are trees, of which a host hears nothing: its children's crashes, and their restarts. */
export class TreeEvents {
  private readonly followed = new Map<string, { unsubscribe(): void }[]>();

  /** @param tell hears of them as of lifecycle events of the session, with the child's `id` */
  constructor(private readonly tell: (event: AnyEventObject) => void) {}

  /** Its ref stays the same through its restarts, and so does who listens to it. */
  follow(supervised: Pick<SupervisedSession, 'id' | 'ref'> & { readonly session: Session }): void {
    const { id } = supervised;
    const ref = supervised.ref as unknown as AnyActorRef;
    const hear = (type: string, holds: (event: AnyEventObject) => boolean) =>
      ref.on(type, (event: AnyEventObject) => {
        if (!holds(event)) return;
        const { ref: _, ...told } = event;
        this.tell({ ...told, type, session: supervised.session });
      });
    this.forget(id);
    this.followed.set(id, [
      hear('child.exited', ({ reason }) => reason === 'error'),
      hear('child.started', ({ incarnation }) => incarnation > 1),
    ]);
  }

  forget(id: string): void {
    for (const subscription of this.followed.get(id) ?? []) subscription.unsubscribe();
    this.followed.delete(id);
  }

  close(): void {
    for (const id of [...this.followed.keys()]) this.forget(id);
  }
}
