import { assign, fromCallback, fromPromise, sendTo, setup } from 'xstate';
import type { EventObject } from 'xstate';
import { scan } from './scan.ts';
import type { Scan, ScanSummary } from './scan.ts';
import { DirectoryWatch } from './watch-directories.ts';

export interface ProjectInput {
  readonly projectPath: string;
  /** Ends with the first scan, instead of watching. */
  readonly once: boolean;
}

interface WatchEvent extends EventObject {
  readonly type: 'watch';
  readonly directories: readonly string[];
}

/**
 * A session: it scans its project, and scans it again when something has changed. It handles no error: a scan that
 * fails crashes it, and its supervisor starts it again.
 */
export const projectMachine = setup({
  types: {
    input: {} as ProjectInput,
    context: {} as ProjectInput & {
      readonly scan: Scan | undefined;
      /** Something changed while it was being scanned. */
      readonly isStale: boolean;
    },
    events: {} as { type: 'project.changed' } | { type: 'project.crash' },
    output: {} as ScanSummary,
  },
  actors: {
    scan: fromPromise(({ input, signal }: { input: { projectPath: string }; signal: AbortSignal }) =>
      scan(input.projectPath, signal),
    ),
    watch: fromCallback<WatchEvent>(({ sendBack, receive }) => {
      const watch = new DirectoryWatch(() => sendBack({ type: 'project.changed' }));
      receive(({ directories }) => watch.watch(directories));
      return () => watch.close();
    }),
  },
  guards: {
    once: ({ context }) => context.once,
    isStale: ({ context }) => context.isStale,
  },
  actions: {
    watch: sendTo('watch', ({ context }) => ({ type: 'watch', directories: context.scan!.directories })),
    crash: () => {
      throw new Error('crashed by command');
    },
  },
  delays: {
    // Files change in swarms.
    quiet: 150,
  },
}).createMachine({
  id: 'project',
  context: ({ input }) => ({ ...input, scan: undefined, isStale: false }),
  invoke: { id: 'watch', src: 'watch' },
  on: {
    'project.crash': { actions: 'crash' },
  },
  initial: 'scanning',
  states: {
    scanning: {
      entry: assign({ isStale: false }),
      invoke: {
        id: 'scan',
        src: 'scan',
        input: ({ context }) => ({ projectPath: context.projectPath }),
        onDone: {
          target: 'scanned',
          actions: assign({ scan: ({ event }) => event.output }),
        },
      },
      on: {
        'project.changed': { actions: assign({ isStale: true }) },
      },
    },
    scanned: {
      always: [
        { guard: 'once', target: 'finished' },
        { guard: 'isStale', target: 'changed', actions: 'watch' },
        { target: 'watching', actions: 'watch' },
      ],
    },
    watching: {
      on: {
        'project.changed': { target: 'changed' },
      },
    },
    changed: {
      after: {
        quiet: { target: 'scanning' },
      },
    },
    finished: { type: 'final' },
  },
  output: ({ context }) => {
    const { files, bytes, lastChange } = context.scan!;
    return { files, bytes, lastChange };
  },
});
