import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { createSessionHost } from 'xstate-supervisor';
import type { SessionHostOptions } from 'xstate-supervisor';
import { sessionMachine } from '../session-machine.ts';
import { Turn } from '../turn.ts';
import type { Crowd } from './crowd.ts';

/** Sessions of this package. */
export class SupervisedCrowd implements Crowd {
  readonly host;
  private readonly opened: { readonly id: string; readonly ref: AnyActorRef }[] = [];
  private readonly turn = new Turn();

  constructor(
    readonly options: Partial<Pick<SessionHostOptions, 'session' | 'inspect' | 'clock' | 'store' | 'persist'>> = {},
  ) {
    this.host = createSessionHost({
      session: sessionMachine as AnyActorLogic,
      projectPaths: 'text',
      maxSessions: Infinity,
      intensity: { maxRestarts: 1e6 },
      logger: () => {},
      ...options,
    });
  }

  count(): number {
    return this.host.count();
  }

  fill(paths: readonly string[]): Promise<void> {
    return this.start(paths);
  }

  async start(paths: readonly string[]): Promise<void> {
    for (const projectPath of paths) {
      const started = await this.host.startSession({ projectPath });
      if (!started.ok) throw started.error;
      this.opened.push({ id: started.value.session.id, ref: started.value.ref });
    }
  }

  async stop(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const stopped = await this.host.stopSession(this.opened.pop()!.id);
      if (!stopped.ok) throw stopped.error;
    }
  }

  close(): Promise<void> {
    return this.host.close();
  }

  refs(): AnyActorRef[] {
    return this.opened.map(({ ref }) => ref);
  }

  send(times: number): void {
    const { ref } = this.opened[0]!;
    for (let n = 0; n < times; n++) ref.send({ type: 'next' });
  }

  /** Each crash is over, and the session runs again, when `send` returns. */
  crash(times: number, among = this.opened.length): void {
    for (let n = 0; n < times; n++) {
      const { id, ref } = this.opened[this.turn.next(among)]!;
      ref.send({ type: 'crash' });
      if (!this.host.isRunning(id)) throw new Error('A session does not run again');
    }
  }
}
