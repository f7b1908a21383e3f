import type { AnyActorRef } from 'xstate';

/** How a life ended, as the child saw it. */
export type End = 'done' | 'error' | 'stopped';

/** One life of a leaf, or of what it has spawned, as it records it itself. */
export interface Presence {
  readonly path: string;
  readonly ref: AnyActorRef;
  /** Which life this is, counted from 1. */
  readonly number: number;
  isReady: boolean;
  /** Whether it has been asked to end. */
  isAsked: boolean;
  endedAt: number | undefined;
  hasCrashed: boolean;
}

/** What the children say of themselves: who is alive. Nobody else writes here. */
export class ChildRecord {
  readonly alive = new Map<string, Presence>();
  /** What has ended, and still cleans up after itself. */
  readonly lingering = new Map<string, Presence>();
  /** How many lives each has begun. */
  readonly lives = new Map<string, number>();

  constructor(
    private readonly stopping: (presence: Presence) => void,
    private readonly ended: (presence: Presence, how: End) => void,
    private readonly fail: (violation: string) => void,
    /** Whether its supervisor has to wait for what it cleans up. */
    private readonly isWaitedFor: (presence: Presence) => boolean,
  ) {}

  begin(path: string, ref: AnyActorRef, isReady = true): Presence {
    if (this.alive.has(path)) this.fail(`two lives of ${path} at once`);
    const last = this.lingering.get(path);
    if (last !== undefined && this.isWaitedFor(last))
      this.fail(`${path} lives again, and still cleans up its last life`);
    const number = (this.lives.get(path) ?? 0) + 1;
    this.lives.set(path, number);
    const presence = { path, ref, number, isReady, isAsked: false, endedAt: undefined, hasCrashed: false };
    this.alive.set(path, presence);
    return presence;
  }

  /** Its supervisor wants it to end. */
  ask(presence: Presence): void {
    this.stopping(presence);
    presence.isAsked = true;
  }

  end(presence: Presence, how: End): void {
    if (this.alive.get(presence.path) !== presence) return;
    this.alive.delete(presence.path);
    presence.hasCrashed = how === 'error';
    if (how === 'stopped' && !presence.isAsked) this.stopping(presence);
    this.ended(presence, how);
  }

  /** It has ended, and cleans up. */
  linger(presence: Presence, since: number): void {
    presence.endedAt = since;
    this.lingering.set(presence.path, presence);
  }

  cleanedUp(presence: Presence): void {
    if (this.lingering.get(presence.path) === presence) this.lingering.delete(presence.path);
  }

  of(ref: AnyActorRef): Presence | undefined {
    for (const presence of this.alive.values()) if (presence.ref === ref) return presence;
    return undefined;
  }
}
