import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { createActor } from 'xstate';
import type { ActorOptions, AnyActorLogic, AnyActorRef, Snapshot } from 'xstate';
import { supervisor } from '../../src/index.ts';
import type { ChildSpec, SupervisionEvent, SupervisorOptions } from '../../src/index.ts';
import { fromProcess } from '../../src/node/index.ts';
import type { ProcessLineEvent, ProcessLogic, ProcessOptions, ProcessOptionsFrom } from '../../src/node/index.ts';
import { Scene } from './scene.ts';

/** Whoever descends from a process that a test started has this in its environment: the mark of the test. */
const name = 'XSTATE_SUPERVISOR_TEST';
let mark = '';
const ends: (() => void)[] = [];

beforeEach(() => {
  mark = randomUUID();
});

// Whatever a test does, nobody outlives it.
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  try {
    await nobodyLeft();
  } finally {
    for (const { pid } of living()) send(pid, 'SIGKILL');
  }
});

/** Does it after the test, before it is looked who is left. */
export const atEnd = (end: () => void): void => void ends.push(end);

export interface LivingProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** A letter: `S` sleeps, `T` is halted. */
  readonly state: string;
  /** The command, and its arguments. */
  readonly args: string;
}

/** Environment variables by which the processes of this test are found. */
export function marked(): Record<string, string> {
  if (mark === '') throw new Error('There is no mark yet: no test runs');
  return { [name]: mark };
}

/** The processes of this test, and all that descend from them. */
export const living = (): LivingProcess[] =>
  pids()
    .filter((pid) => read(pid, 'environ')?.split('\0').includes(`${name}=${mark}`))
    .flatMap(processOf);

/** All processes of the system. */
export const everybody = (): LivingProcess[] => pids().flatMap(processOf);

const pids = () => readdirSync('/proc').filter((file) => /^\d+$/.test(file));

// A zombie does not live.
function processOf(pid: string): LivingProcess[] {
  const [stat, cmdline] = [read(pid, 'stat'), read(pid, 'cmdline')];
  if (stat === undefined || cmdline === undefined) return [];
  const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return [];
  const args = cmdline.replaceAll('\0', ' ').trim();
  return [{ pid: Number(pid), parent: Number(parent), group: Number(group), state: state!, args }];
}

function read(pid: string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It has gone meanwhile, or is another user's.
    return undefined;
  }
}

/** Sends a signal to one who may have gone meanwhile. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ESRCH' });
  }
}

/** How many of them live. */
export const population = (): number => living().length;

/** Resolves once it holds. For what the system tells nobody, so that it has to be asked. */
export async function until(holds: () => unknown): Promise<void> {
  const tooLong = AbortSignal.timeout(20_000);
  while (!holds()) {
    if (tooLong.aborted) throw new Error(`It never came to hold: ${holds}, with ${JSON.stringify(living())}`);
    await after(2);
  }
}

/** Resolves once there are so many, each of which has begun, and waits: whoever is about to begin may wait as well. */
export async function asleep(size: number): Promise<void> {
  let before = '';
  let times = 0;
  await until(() => {
    const all = living();
    const isAsleep = all.length === size && all.every(({ state }) => state === 'S' || state === 'T');
    const now = JSON.stringify(all);
    times = isAsleep && now === before ? times + 1 : 0;
    before = now;
    return times === 5;
  });
}

/** Resolves once nobody is left. */
export const nobodyLeft = (): Promise<void> => until(() => population() === 0);

/** Runs a script of the shell. */
export const sh = (script: string, options: Partial<ProcessOptions> = {}): ProcessOptions => ({
  command: 'sh',
  args: ['-c', script],
  ...options,
  env: { ...options.env, ...marked() },
});

/** A process as an actor that nobody supervises, and what it says. It is stopped after the test. */
export function bare<TInput>(options: ProcessOptionsFrom<TInput>, actorOptions?: ActorOptions<ProcessLogic<TInput>>) {
  const actor = createActor(fromProcess<TInput>(options), actorOptions as never);
  const { hear, ...heard } = hearing();
  hear(actor);
  // It has ended, in whatever way.
  const ended = new Promise<void>((resolve) => actor.subscribe({ complete: resolve, error: () => resolve() })).then(
    () => actor.getSnapshot() as Snapshot<unknown> & { readonly error: any },
  );
  atEnd(() => actor.stop());
  actor.start();
  return { actor, ended, ...heard };
}

/** Writes down the lines of processes. */
function hearing() {
  const events: ProcessLineEvent[] = [];
  const waiting = new Set<(event: ProcessLineEvent) => void>();
  const hear = (ref: AnyActorRef) =>
    ref.on('process.line', (event: ProcessLineEvent) => {
      events.push(event);
      for (const look of waiting) look(event);
    });
  return {
    events,
    hear,
    /** The lines, of one stream or of both. */
    lines: (stream?: 'stdout' | 'stderr') =>
      events.filter((event) => stream === undefined || event.stream === stream).map(({ line }) => line),
    /** Resolves with the first line that matches. */
    says: (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        const look = ({ line }: ProcessLineEvent) => {
          if (!pattern.test(line)) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        events.forEach(look);
      }),
  };
}

/** Runs a script of Node. */
export const node = (script: string, options: Partial<ProcessOptions> = {}): ProcessOptions => ({
  command: process.execPath,
  args: ['-e', script],
  ...options,
  env: { ...options.env, ...marked() },
});

/** Runs a process as the child `a` of a supervisor on a simulated clock, and hears all of its lives. */
export function supervised(src: AnyActorLogic, spec: Partial<ChildSpec> = {}, options: SupervisorOptions = {}) {
  const it = new Scene((logger) => supervisor({ logger, ...options, children: [{ id: 'a', src, ...spec }] }));
  const { events: lineEvents, hear, ...heard } = hearing();
  for (const { ref } of it.all('child.started')) hear(ref);
  it.actor.on('child.started', ({ ref }) => hear(ref));
  atEnd(() => it.actor.stop());
  /** Resolves once the supervisor has said that so often, with the last of it. */
  const emitted = <TType extends SupervisionEvent<AnyActorRef>['type']>(type: TType, times = 1) =>
    new Promise<SupervisionEvent<AnyActorRef> & { readonly type: TType }>((resolve) => {
      const look = () => {
        if (it.all(type).length < times) return;
        subscription.unsubscribe();
        resolve(it.all(type)[times - 1] as never);
      };
      const subscription = it.actor.on('*', look);
      look();
    });
  return { it, emitted, lineEvents, ...heard };
}
