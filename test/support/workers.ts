import { fromCallback, setup } from 'xstate';
import type { AnyActorLogic } from 'xstate';

/** What children write down of themselves: who began and who ended, in order, and who is alive. */
export class Journal {
  private lines: string[] = [];
  private readonly lives: string[] = [];

  begin(id: string): void {
    this.lines.push(`+${id}`);
    this.lives.push(id);
  }

  end(id: string): void {
    this.lines.push(`-${id}`);
    this.lives.splice(this.lives.indexOf(id), 1);
  }

  get alive(): string {
    return this.lives.join(' ');
  }

  /** What was written down since the last time it was asked. */
  take(): string {
    const { lines } = this;
    this.lines = [];
    return lines.join(' ');
  }
}

/** How a worker takes `supervisor.shutdown`: it ends at once, after so many milliseconds, or never. */
export type Closing = 'at_once' | number | 'never';

interface WorkerOptions {
  readonly journal?: Journal;
  /** Not given: it does not take `supervisor.shutdown`. */
  readonly closing?: Closing;
}

/**
 * A child that does as it is told: it crashes at `crash`, is done at `finish`, also while it is closing, and keeps its
 * notes at `note`. With the input `'crash'` it crashes as it starts, with `'end'` it is done at once.
 */
export function worker({ journal, closing }: WorkerOptions = {}): AnyActorLogic {
  const onCommand = { crash: { actions: 'crash' }, finish: 'over', note: { actions: 'note' } } as const;
  const onShutdown =
    closing === undefined ? {} : { 'supervisor.shutdown': closing === 'never' ? {} : { target: 'closing' } };
  return setup({
    types: { context: {} as { readonly input: unknown; readonly notes: unknown[] } },
    actors: {
      life: fromCallback<{ type: string }, string>(({ input: id }) => {
        journal?.begin(id);
        return () => journal?.end(id);
      }),
    },
    actions: {
      crash: () => {
        throw new Error('crashed as told');
      },
      note: ({ context, event }) => void context.notes.push(event),
    },
    guards: {
      isToCrash: ({ context }) => context.input === 'crash',
      isToEnd: ({ context }) => context.input === 'end',
    },
  }).createMachine({
    context: ({ input }) => ({ input, notes: [] }),
    invoke: { src: 'life', input: ({ self }) => self.id },
    initial: 'waking',
    states: {
      waking: {
        always: [
          { guard: 'isToCrash', target: 'up', actions: 'crash' },
          { guard: 'isToEnd', target: 'over' },
          { target: 'up' },
        ],
      },
      up: { on: { ...onCommand, ...onShutdown } },
      closing: {
        on: onCommand,
        ...(closing === 'at_once'
          ? { always: 'over' }
          : typeof closing === 'number' && { after: { [closing]: 'over' } }),
      },
      over: { type: 'final' },
    },
    output: 'finished',
  });
}

/** Whether a worker has taken a note: for `ready`. */
export const hasNoted = (snapshot: { readonly context: { readonly notes: unknown[] } }): boolean =>
  snapshot.context.notes.length > 0;

/** How a start of a child turns out: it runs, it fails before or as it starts, it is done at once, or it is not to run. */
export type Outcome = 'run' | 'fail' | 'crash' | 'end' | 'ignore';

/** The parts of a worker's spec that make its starts turn out as scripted, one after the other; then it always runs. */
export function scripted(...outcomes: Outcome[]) {
  let next: Outcome = 'run';
  return {
    enabled: () => {
      next = outcomes.shift() ?? 'run';
      return next !== 'ignore';
    },
    input: () => {
      if (next === 'fail') throw new Error('failed as scripted');
      return next;
    },
  };
}
