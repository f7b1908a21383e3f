import { guardian } from './guardian.ts';
import { lookAtGroups } from './living-groups.ts';

/** How long a killed group may take to be gone, in milliseconds: nothing more can be done about it. */
const killedMs = 1000;

/** A process and all that descend from it, unless they leave: POSIX's process group. */
export class ProcessGroup {
  private killedAt: number | undefined;
  private isGone = false;
  private lookAfter = 0;
  private absences = 0;

  /** @param id the process that leads it */
  constructor(readonly id: number) {
    guardian.guard(id);
  }

  /** Sends a signal to all of it; 0 tells whether there is anybody. */
  signal(signal: NodeJS.Signals | 0): boolean {
    if (this.isGone) return false;
    try {
      return process.kill(-this.id, signal);
    } catch (error) {
      // EPERM: there is somebody, who has become another user's.
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  }

  kill(): void {
    this.killedAt = performance.now();
    this.signal('SIGKILL');
  }

  /** Calls back once nobody of it is left. The system does not tell, so that it has to be asked. */
  whenGone(then: () => void): void {
    this.lookAfter = performance.now();
    this.ask(then, 2);
  }

  private ask(then: () => void, pauseMs: number): void {
    if (this.signal(0) && this.lives() && !this.isLate) {
      setTimeout(() => this.ask(then, Math.min(pauseMs * 2, 50)), pauseMs);
      return;
    }
    this.isGone = true;
    guardian.release(this.id);
    then();
  }

  private get isLate(): boolean {
    return this.killedAt !== undefined && performance.now() - this.killedAt > killedMs;
  }

  // Nobody may be seen who has just been forked by one who has just ended: that takes two looks.
  private lives(): boolean {
    const look = lookAtGroups(this.lookAfter);
    if (look === undefined) return true;
    this.lookAfter = look.at;
    this.absences = look.groups.has(this.id) ? 0 : this.absences + 1;
    return this.absences < 2;
  }
}
