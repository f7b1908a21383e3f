import type { AnyActorRef } from 'xstate';
import { subscribeToLifecycle } from '../diagnostics.ts';
import type { LifecycleMessage, Operation, OperationTrace } from '../diagnostics.ts';
import { attempt, harmless } from '../harmless.ts';
import { logThrown } from '../logger.ts';
import type { Logger } from '../logger.ts';

/** Listens to what is published of one session system. What those whom it tells throw is logged. */
export class Watch {
  private readonly ends: (() => void)[] = [];
  private readonly failed: (error: unknown) => void;

  constructor(
    private readonly actor: AnyActorRef,
    log: Logger,
  ) {
    this.failed = (error) => logThrown(log, 'telemetry', error);
  }

  lifecycle(listener: (event: LifecycleMessage['event']) => void): void {
    const tell = harmless(listener, this.failed);
    this.atEnd(
      subscribeToLifecycle(({ event, actor }) => {
        if (actor === this.actor) tell(event);
      }),
    );
  }

  /** @param end is given what `begin` returned; not called for what began before */
  operation<TTrace extends OperationTrace<unknown, unknown>, T>(
    operation: Operation<TTrace>,
    begin: (trace: TTrace) => T,
    end: (trace: TTrace, begun: T) => void,
  ): void {
    const open = new WeakMap<TTrace, { readonly begun: T }>();
    const started = (trace: TTrace) => {
      if (trace.actor === this.actor) open.set(trace, { begun: begin(trace) });
    };
    const ended = (trace: TTrace) => {
      const entry = open.get(trace);
      if (entry !== undefined) end(trace, entry.begun);
    };
    this.atEnd(operation.subscribe({ start: harmless(started, this.failed), asyncEnd: harmless(ended, this.failed) }));
  }

  atEnd(fn: () => void): void {
    this.ends.push(fn);
  }

  end(): void {
    for (const end of this.ends.splice(0)) attempt(end, this.failed);
  }
}
