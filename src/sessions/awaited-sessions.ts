import type { Outside } from '../core/revive-value.ts';
import { tag } from '../core/save-value.ts';
import { LateReplyRef } from '../reply-ref.ts';
import { StableRef } from '../session-ref.ts';
import type { SessionRefHome } from '../session-ref.ts';
import { deadLetter } from '../xstate/dead-letters.ts';

/** What sessions that come back refer to outside of themselves: sessions that may come back later, and those who asked. */
export class AwaitedSessions {
  private readonly refs = new Map<string, StableRef>();

  /** @param open the ref of a session that is open */
  constructor(
    private readonly home: SessionRefHome,
    private readonly open: (id: string) => StableRef | undefined,
  ) {}

  readonly outside: Outside = (saved) => {
    if (saved[tag] === 'session') return this.open(saved.value) ?? this.await(saved.value);
    return new LateReplyRef(this.home.self.system, (event, target) =>
      deadLetter(this.home.self, { type: 'dead_letter', event, target, reason: 'late_reply' }),
    );
  };

  /** The ref of a session that is about to start. */
  take(id: string): StableRef {
    const ref = this.refs.get(id);
    // It stays until its session is over: one that fails to start may be tried again.
    if (ref?.isOver === false) return ref;
    this.refs.delete(id);
    return new StableRef(id, this.home);
  }

  /** None comes back any more: what was sent to them is dead. */
  end(): void {
    for (const ref of this.refs.values()) if (ref.isUnborn) ref.end();
    this.refs.clear();
  }

  private await(id: string): StableRef {
    const ref = this.take(id);
    this.refs.set(id, ref);
    return ref;
  }
}
