import { guardian } from './guardian.ts';
import { watchGroups } from './living-groups.ts';
import type { LivingGroups } from './living-groups.ts';

/** How long a killed group may take to be gone, in milliseconds: nothing more can be done about it. */
const killedMs = 1000;

/**
 * A process and all that descend from it, unless they leave: POSIX's process group. Where the system tells, also the
 * groups that they make within its terminal session, as a shell's job control and `timeout` do.
 */
export class ProcessGroup {
  private isGone = false;
  private killedAt: number | undefined;
  private absences = 0;
  /** Who has been asked to end. */
  private readonly asked = new Set<number>();

  /** @param id the process that leads it, and its session */
  constructor(readonly id: number) {
    guardian.guard(id);
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.isGone) send(this.id, signal);
  }

  /** Asks all of it to end. */
  end(): void {
    this.ask(this.id);
  }

  /** Ends all of it. */
  kill(): void {
    this.killedAt = performance.now();
    this.signal('SIGKILL');
  }

  /** Calls back once nobody of it is left. */
  whenGone(then: () => void): void {
    watchGroups((living) => {
      if (this.lives(living) && !this.isLate) return this.absences > 0 ? 'soon' : 'later';
      this.isGone = true;
      guardian.release(this.id);
      then();
      return undefined;
    });
  }

  private get isLate(): boolean {
    return this.killedAt !== undefined && performance.now() - this.killedAt > killedMs;
  }

  // Nobody may be seen who has just been forked by one who has just ended: that takes two looks.
  private lives(living: LivingGroups | undefined): boolean {
    if (living === undefined) return send(this.id, 0);
    const groups = living.get(this.id) ?? [];
    for (const group of groups) {
      if (this.killedAt !== undefined) send(group, 'SIGKILL');
      else this.ask(group);
    }
    this.absences = living.has(this.id) ? 0 : this.absences + 1;
    return this.absences < 2;
  }

  private ask(group: number): void {
    if (this.asked.has(group)) return;
    this.asked.add(group);
    send(group, 'SIGTERM');
    // Who is halted takes it when it goes on.
    send(group, 'SIGCONT');
  }
}

/** Sends a signal to a process group; 0 tells whether there is anybody. */
function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    // EPERM: there is somebody, who has become another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
