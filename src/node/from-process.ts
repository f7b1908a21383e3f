import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { isUint8Array } from 'node:util/types';
import type { ActorLogic, ActorSystem, AnyActorRef, AnyEventObject, NonReducibleUnknown, Snapshot } from 'xstate';
import { field } from '../core/field.ts';
import { keepListeners } from '../xstate/audience.ts';
import { relay } from '../xstate/internals.ts';
import { cleanUp } from '../xstate/port.ts';
import { Output } from './output.ts';
import { processFailed } from './process-error.ts';
import type { ProcessGroup } from './process-group.ts';
import { requireProcessOptions, resolveProcessOptions } from './process-options.ts';
import type { ProcessOptionsFrom, ResolvedProcessOptions } from './process-options.ts';
import type { ProcessSignal } from './process-signal.ts';
import { startProcess } from './start-process.ts';

/** What a process takes. What cannot be done, such as a write to one that reads no more, is ignored. */
export type ProcessEvent =
  /** To its standard input. */
  | { readonly type: 'process.write'; readonly data: string | Uint8Array }
  /** Ends its standard input. */
  | { readonly type: 'process.end' }
  /** To its whole process group, such as `'SIGINT'`. */
  | { readonly type: 'process.signal'; readonly signal: ProcessSignal }
  /** Reads no more of its output, so that it has to wait when it writes on. */
  | { readonly type: 'process.pause' }
  | { readonly type: 'process.resume' };

/** A line of its output, without the line break. */
export interface ProcessLineEvent {
  readonly type: 'process.line';
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
  /** The line was longer than `maxLineLength`: its rest is left out. */
  readonly isCut?: true;
}

/** The output of a process that has ended well: any other end is its actor's error. */
export interface ProcessOutput {
  readonly code: 0;
}

/** What is known of a process, besides its status. */
export type ProcessSnapshot<TInput = unknown> = Snapshot<ProcessOutput> & {
  readonly input: TInput | undefined;
  /** The process, which leads its process group. */
  readonly pid: number | undefined;
};

/** The actor logic of a process. */
export type ProcessLogic<TInput = NonReducibleUnknown> = ActorLogic<
  ProcessSnapshot<TInput>,
  ProcessEvent,
  TInput,
  ActorSystem<any>,
  ProcessLineEvent
>;

/**
 * Actor logic that runs a process of the operating system, in a process group of its own.
 *
 * It emits `process.line` for each line of its output, is done when the process ends with exit code 0, and fails with a
 * `ProcessError` otherwise. When it is stopped, or ends, the whole process group is ended: by SIGTERM and, when its
 * supervisor's shutdown time is over, by SIGKILL; its supervisor waits until nobody is left. A guardian does the same if
 * the host dies. What leaves the group on purpose (`setsid`, a daemon) is on its own. POSIX only: it fails to start on
 * Windows.
 *
 * @param options or a function that makes them of the actor's input, at each start
 * @throws TypeError, RangeError that name the bad option
 * @example
 * const devServer = fromProcess({ command: 'npm', args: ['run', 'dev'], cwd: session.projectPath });
 * ref.on('process.line', ({ line }) => console.log(line));
 */
export function fromProcess<TInput = NonReducibleUnknown>(options: ProcessOptionsFrom<TInput>): ProcessLogic<TInput> {
  requireProcessOptions(options);
  const runs = new WeakMap<AnyActorRef, ProcessRun>();
  return {
    config: options,

    getInitialSnapshot: (_scope, input) => ({
      status: 'active',
      output: undefined,
      error: undefined,
      input,
      pid: undefined,
    }),

    start({ status, input }, { self, emit }) {
      if (status !== 'active') return;
      const given = typeof options === 'function' ? options({ input: input as TInput }) : options;
      const run = new ProcessRun(resolveProcessOptions(given), self, emit);
      runs.set(self, run);
      relay(self, self, { type: 'xstate.process.spawn', pid: run.pid });
    },

    transition(snapshot, event: AnyEventObject, { self }) {
      const run = runs.get(self);
      switch (event.type) {
        case 'xstate.stop':
          run?.stop();
          return { ...snapshot, status: 'stopped' } as typeof snapshot;
        // Of these two, whoever may send them, only what is so is taken.
        case 'xstate.process.spawn':
          return { ...snapshot, pid: run?.pid };
        case 'xstate.process.exit': {
          if (run === undefined || !run.hasEnded) return snapshot;
          const { failure } = run;
          run.stop();
          return (
            failure === undefined
              ? { ...snapshot, status: 'done', output: { code: 0 } }
              : { ...snapshot, status: 'error', error: failure }
          ) as typeof snapshot;
        }
        case 'process.write':
          run?.write(field(event, 'data'));
          return snapshot;
        case 'process.end':
          run?.endInput();
          return snapshot;
        case 'process.signal':
          run?.signal(field(event, 'signal'));
          return snapshot;
        case 'process.pause':
        case 'process.resume':
          run?.flow(event.type === 'process.resume');
          return snapshot;
        default:
          return snapshot;
      }
    },

    getPersistedSnapshot: (snapshot) => ({ ...snapshot, pid: undefined }),
    restoreSnapshot: (snapshot) => snapshot as ProcessSnapshot<TInput>,
  };
}

/** How many of the last lines of standard error an error has, and how long each may be. */
const lastLines = 20;
const lastLineLength = 2000;

/** How long others may take to close the output of a process that has ended, in milliseconds, before they are ended too. */
const patienceMs = 200;

/** A process, from its start until its group is gone. */
class ProcessRun {
  private readonly child: ChildProcess;
  private readonly group: ProcessGroup;
  private readonly output = new Output();
  private readonly stderr: string[] = [];
  private exit: { readonly code: number | null; readonly signal: ProcessSignal | null } | undefined;
  private isStopping = false;

  constructor(
    private readonly options: ResolvedProcessOptions,
    private readonly self: AnyActorRef,
    emit: (event: ProcessLineEvent) => void,
  ) {
    const { stdin, maxLineLength } = options;
    const { child, group } = startProcess(options);
    this.child = child;
    this.group = group;
    // Whoever reads no more makes a write fail.
    child.stdin?.on('error', () => {});
    if (typeof stdin === 'object') child.stdin?.end(stdin.text);
    for (const stream of ['stdout', 'stderr'] as const) {
      this.output.read(child[stream]!, maxLineLength, (line, isCut) => {
        if (stream === 'stderr') this.keep(line);
        emit({ type: 'process.line', stream, line, ...(isCut && { isCut }) });
      });
    }
    child.on('exit', (code, signal) => this.exited(code, signal));
  }

  get pid(): number {
    return this.group.id;
  }

  get hasEnded(): boolean {
    return this.exit !== undefined;
  }

  /** What it failed with, once it has ended. */
  get failure(): Error | undefined {
    const { code, signal } = this.exit!;
    const { command } = this.options;
    return code === 0 ? undefined : processFailed({ command, code, signal, stderr: [...this.stderr] });
  }

  write(data: unknown): void {
    const { stdin } = this.child;
    if (stdin?.writable && (typeof data === 'string' || isUint8Array(data))) stdin.write(data);
  }

  endInput(): void {
    this.child.stdin?.end();
  }

  signal(signal: unknown): void {
    if (typeof signal === 'string' && signal in constants.signals) this.group.signal(signal as ProcessSignal);
  }

  /** Reads on, or no more. */
  flow(isToFlow: boolean): void {
    if (!this.isStopping) this.output.flow(isToFlow);
  }

  /** The actor ends: ends what there is of the group, and emits what it writes until then. */
  stop(): void {
    if (this.isStopping) return;
    // It may have to write before it can end.
    this.flow(true);
    this.isStopping = true;
    const forgetListeners = keepListeners(this.self);
    this.group.end();
    cleanUp(this.self, (done) => {
      const gone = () => {
        forgetListeners();
        done();
      };
      // Who has left the group may hold the output for ever.
      this.group.whenGone(() => this.output.whenRead(0, () => this.output.close(gone)));
      return () => this.group.kill();
    });
  }

  private exited(code: number | null, signal: ProcessSignal | null): void {
    this.exit = { code, signal };
    if (this.isStopping) return;
    this.flow(true);
    // What it has left behind may still have to pass on what it wrote.
    this.output.whenRead(patienceMs, () => {
      if (!this.isStopping) relay(this.self, this.self, { type: 'xstate.process.exit', code, signal });
    });
  }

  private keep(line: string): void {
    this.stderr.push(line.slice(0, lastLineLength));
    if (this.stderr.length > lastLines) this.stderr.shift();
  }
}
