import { createActor } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { ask, dynamicSupervisor } from 'xstate-supervisor';
import { sessionMachine } from '../session-machine.ts';
import { Turn } from '../turn.ts';
import type { Crowd } from './crowd.ts';

/** Children of a `dynamicSupervisor`, in one actor system. */
export class DynamicCrowd implements Crowd {
  private readonly supervisor = createActor(
    dynamicSupervisor({ intensity: { maxRestarts: 1e6 }, logger: () => {} }),
  ).start();
  private readonly ids: string[] = [];
  private readonly turn = new Turn();

  async count(): Promise<number> {
    return (await this.refs()).length;
  }

  fill(paths: readonly string[]): Promise<void> {
    return this.start(paths);
  }

  async start(paths: readonly string[]): Promise<void> {
    for (const id of paths) {
      const input = { session: { projectPath: id } };
      const started = await ask(this.supervisor, { type: 'child.start', spec: { id, src: sessionMachine, input } });
      if (!started.ok) throw started.error;
      this.ids.push(id);
    }
  }

  async stop(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const stopped = await ask(this.supervisor, { type: 'child.terminate', id: this.ids.pop()! });
      if (!stopped.ok) throw stopped.error;
    }
  }

  close(): void {
    this.supervisor.send({ type: 'supervisor.stop' });
  }

  /** Of those that run. */
  async refs(): Promise<AnyActorRef[]> {
    const children = await ask(this.supervisor, { type: 'supervisor.which_children' });
    return children.ok ? children.value.flatMap(({ status, ref }) => (status === 'running' ? [ref!] : [])) : [];
  }

  /** Some that can be crashed: a ref is of one life. */
  async victims(count: number): Promise<AnyActorRef[]> {
    const refs = await this.refs();
    return Array.from({ length: count }, () => refs[this.turn.next(refs.length)]!);
  }
}
