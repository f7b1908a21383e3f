import fc from 'fast-check';
import type { AnyActorRef, AnyEventObject } from 'xstate';
import { dynamicSupervisor, supervisor } from '../src/index.ts';
import type { AutoShutdown, ChildSpec, Strategy, SupervisorOptions } from '../src/index.ts';
import { rowsOf, tell, untold } from './support/child-table.ts';
import type { ChildTable, Row } from './support/child-table.ts';
import { Scene } from './support/scene.ts';
import { hasNoted, scripted, worker } from './support/workers.ts';
import type { Closing, Outcome } from './support/workers.ts';

type Kind = Strategy | 'dynamic';

interface Command {
  readonly type: 'child.terminate' | 'child.restart' | 'child.delete';
  readonly id: string;
}

/** A supervisor, and a watcher that rebuilds the table of its children from what it emits. */
class Watched {
  readonly it: Scene;
  /** The last actor of each id. */
  private readonly born = new Map<string, AnyActorRef>();
  private readonly specs: ReadonlyMap<string, ChildSpec>;
  private table: ChildTable;
  private heard = 0;
  /** The commands of the watcher's own that have not been answered. */
  private readonly unanswered = new Set<object>();

  /** @param children all that it may ever have; a static supervisor begins with them, a dynamic one with none */
  constructor(
    private readonly kind: Kind,
    children: readonly ChildSpec[],
    { autoShutdown = 'never', ...rules }: Pick<SupervisorOptions, 'autoShutdown' | 'backoff' | 'intensity'> = {},
  ) {
    this.specs = new Map(children.map((spec) => [spec.id, spec]));
    this.it = new Scene(
      (logger) =>
        kind === 'dynamic'
          ? dynamicSupervisor({ logger, ...rules })
          : supervisor({ logger, ...rules, strategy: kind, autoShutdown, children }),
      {
        inspect: ({ type, actorRef }) => {
          if (type === '@xstate.actor') this.born.set((actorRef as AnyActorRef).id, actorRef as AnyActorRef);
        },
      },
    );
    const restartOf = (id: string) => this.specs.get(id)?.restart ?? 'permanent';
    this.table = untold({ kind, restartOf }, kind === 'dynamic' ? [] : [...this.specs.keys()]);
  }

  /** Sends to a child, if there ever was one, at whatever it is. */
  send(id: string, type: string): void {
    this.born.get(id)?.send({ type });
  }

  start(id: string): void {
    this.ask({ type: 'child.start', spec: this.specs.get(id)! });
  }

  command(command: Command): void {
    this.ask(command);
  }

  /** Holds what was told against what the supervisor says. */
  compare(): void {
    const { it } = this;
    this.listen();
    const rows = rowsOf(this.table);
    if (it.status !== 'active') return expect(rows.filter(isRunning)).toEqual([]);
    const children = it.children();
    expect(rows.filter(isRunning).map(line)).toEqual(children.filter(isRunning).map(line));
    if (this.isTold) expect(rows.map(line)).toEqual(children.map(line));
  }

  // Who runs is always told. The rest is not, while the supervisor is in the middle of something:
  // a child that is being started by `child.start` is there already; one that waits for a restart stops to do so, with no
  // event, as its group or the whole supervisor is taken down; and another that fails to start with its group begins to.
  private get isTold(): boolean {
    const { state } = this.it;
    if (state === 'stopping') return false;
    if (this.kind === 'dynamic' || this.kind === 'one_for_one') {
      return ![...this.unanswered].some((event) => 'spec' in event);
    }
    return state !== 'restarting' && this.unanswered.size === 0;
  }

  private ask(event: AnyEventObject): void {
    this.unanswered.add(event);
    const send = () => void this.unanswered.delete(event);
    this.it.actor.send({ ...event, replyTo: { send } } as never);
  }

  private listen(): void {
    for (const event of this.it.events.slice(this.heard)) {
      if (event.type !== 'dead_letter') this.table = tell(this.table, event);
    }
    this.heard = this.it.events.length;
  }
}

const isRunning = ({ status }: Row): boolean => status === 'running';
const line = ({ id, status, incarnation, ref }: Row) => `${id} ${status} ${incarnation} ${ref?.sessionId ?? 'no ref'}`;

const backoff = { minMs: 10, maxMs: 40, jitter: 'none' } as const;

describe('The lifecycle events tell the whole story: what they tell is the table of the children', () => {
  const ids = ['a', 'b', 'c', 'd'];

  type Act =
    | { readonly type: 'crash' | 'finish' | 'note'; readonly id: string }
    | Command
    | { readonly type: 'child.start'; readonly id: string }
    | { readonly type: 'supervisor.stop' }
    | { readonly type: 'wait'; readonly ms: number }
    /** While the supervisor handles an event: all of this waits in its mailbox. */
    | { readonly type: 'at_once'; readonly acts: readonly Act[] };

  interface Member {
    readonly restart: 'permanent' | 'transient' | 'temporary';
    readonly isSignificant: boolean;
    readonly outcomes: readonly Outcome[];
    readonly closing: Closing | undefined;
    /** Counts as started when it is told `note`. */
    readonly isSlow: boolean;
  }

  interface Plot {
    readonly kind: Kind;
    readonly autoShutdown: AutoShutdown;
    readonly hasBackoff: boolean;
    readonly maxRestarts: number;
    /** Whether the first start of a static supervisor may fail, or be slow. */
    readonly isFrail: boolean;
    readonly members: readonly Member[];
    readonly acts: readonly Act[];
  }

  function open({ kind, autoShutdown, hasBackoff, maxRestarts, isFrail, members }: Plot): Watched {
    const goesWell = kind !== 'dynamic' && !isFrail;
    const mayBeSignificant = kind !== 'dynamic' && autoShutdown !== 'never';
    const children = members.map(({ restart, isSignificant, outcomes, closing, isSlow }, n): ChildSpec => ({
      id: ids[n]!,
      src: worker({ closing }),
      restart,
      shutdown: 8,
      significant: mayBeSignificant && isSignificant && restart !== 'permanent',
      ...scripted(...(goesWell ? (['run'] as const) : []), ...outcomes),
      ...(isSlow && { ready: hasNoted, startTimeoutMs: 30 }),
    }));
    const intensity = { maxRestarts, withinMs: 10_000 };
    const watched = new Watched(kind, children, { autoShutdown, intensity, ...(hasBackoff && { backoff }) });
    if (goesWell) for (const id of ids) watched.send(id, 'note');
    return watched;
  }

  function perform(watched: Watched, act: Act): void {
    switch (act.type) {
      case 'crash':
      case 'finish':
      case 'note':
        return watched.send(act.id, act.type);
      case 'child.start':
        return watched.start(act.id);
      case 'supervisor.stop':
        return watched.it.actor.send(act);
      case 'wait':
        return watched.it.pass(act.ms);
      case 'at_once':
        return watched.it.meanwhile(() => act.acts.forEach((each) => perform(watched, each)));
      default:
        return watched.command(act);
    }
  }

  const id = fc.constantFrom(...ids);
  const act = fc.oneof(
    { weight: 5, arbitrary: fc.record({ type: fc.constantFrom('crash', 'crash', 'crash', 'finish', 'note'), id }) },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constantFrom('child.terminate', 'child.restart', 'child.delete'), id }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('child.start'), id }) },
  );
  const plots: fc.Arbitrary<Plot> = fc.record({
    kind: fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one', 'dynamic'),
    autoShutdown: fc.constantFrom('never', 'never', 'any_significant', 'all_significant'),
    hasBackoff: fc.boolean(),
    maxRestarts: fc.constantFrom(0, 3, 100, 100, 100),
    isFrail: fc.nat(9).map((n) => n === 0),
    members: fc.array(
      fc.record({
        restart: fc.constantFrom('permanent', 'permanent', 'transient', 'temporary'),
        isSignificant: fc.boolean(),
        outcomes: fc.array(fc.constantFrom('run', 'run', 'fail', 'crash', 'end', 'ignore'), { maxLength: 8 }),
        closing: fc.constantFrom<(Closing | undefined)[]>(undefined, undefined, undefined, 'at_once', 5, 'never'),
        isSlow: fc.nat(7).map((n) => n === 0),
      }),
      { minLength: ids.length, maxLength: ids.length },
    ),
    acts: fc.array(
      fc.oneof(
        { weight: 30, arbitrary: act },
        { weight: 10, arbitrary: fc.record({ type: fc.constant('wait'), ms: fc.constantFrom(1, 5, 10, 20, 40) }) },
        {
          weight: 8,
          arbitrary: fc.record({ type: fc.constant('at_once'), acts: fc.array(act, { minLength: 2, maxLength: 5 }) }),
        },
        { weight: 1, arbitrary: fc.constant({ type: 'supervisor.stop' } as const) },
      ),
      { maxLength: 60, size: 'max' },
    ),
  });

  it('after each step of any life of any supervisor', () => {
    fc.assert(
      fc.property(plots, (plot) => {
        const watched = open(plot);
        watched.compare();
        for (const act of plot.acts) {
          if (watched.it.status !== 'active') break;
          perform(watched, act);
          watched.compare();
        }
        watched.it.actor.stop();
      }),
      { numRuns: 300 },
    );
  });

  /** Played step by step, each of them compared. */
  function played(watched: Watched, acts: readonly Act[]): string {
    watched.compare();
    for (const act of acts) {
      perform(watched, act);
      watched.compare();
    }
    return watched.it.table();
  }

  const src = worker();
  const terminate = (id: string) => ({ type: 'child.terminate', id }) as const;
  const crash = (id: string) => ({ type: 'crash', id }) as const;
  const wait = (ms: number) => ({ type: 'wait', ms }) as const;

  it.each<[string, Kind, string]>([
    ['deleted', 'one_for_one', 'b running 1, a running 1'],
    ['terminated', 'dynamic', 'b running 1, a running 1'],
  ])('when a child was %s, and is started anew: %s', (_what, kind, table) => {
    const watched = new Watched(
      kind,
      ['a', 'b'].map((id) => ({ id, src })),
    );
    for (const id of kind === 'dynamic' ? ['a', 'b'] : []) watched.start(id);
    const forget = kind === 'dynamic' ? [] : [{ type: 'child.delete', id: 'a' } as const];
    expect(played(watched, [terminate('a'), ...forget, { type: 'child.start', id: 'a' }])).toBe(table);
  });

  it.each<[Kind, string]>([
    ['one_for_one', 'a stopped 1'],
    ['dynamic', ''],
  ])('when a child is terminated that waits for its restart: %s', (kind, table) => {
    const watched = new Watched(kind, [{ id: 'a', src }], { backoff });
    if (kind === 'dynamic') watched.start('a');
    expect(played(watched, [crash('a'), terminate('a'), wait(10)])).toBe(table);
  });

  it('when a member fails to start by hand, and another waits for its restart', () => {
    const children: ChildSpec[] = [
      { id: 'a', src, restart: 'transient', ...scripted('run', 'fail') },
      { id: 'b', src },
    ];
    const watched = new Watched('one_for_all', children, { backoff });
    const byHand = [
      { type: 'finish', id: 'a' },
      crash('b'),
      { type: 'child.restart', id: 'a' },
      terminate('a'),
    ] as const;
    expect(played(watched, byHand)).toBe('a stopped 1, b restarting 1');
  });

  it('when a member fails to start with its group, and takes down another that waits for its restart', () => {
    const children = [
      { id: 'a', src, ...scripted('run', 'fail') },
      { id: 'b', src },
    ];
    const watched = new Watched('one_for_all', children, { backoff });
    expect(played(watched, [crash('b'), wait(5), crash('a'), wait(5)])).toBe('a restarting 1, b stopped 1');
  });

  it('when that member is terminated before it is tried again', () => {
    const children = [
      { id: 'a', src, ...scripted('run', 'end', 'fail') },
      { id: 'b', src, ...scripted('run', 'fail') },
    ];
    const watched = new Watched('one_for_all', children, { intensity: { maxRestarts: 9 } });
    expect(played(watched, [{ type: 'at_once', acts: [crash('b'), terminate('a')] }])).toBe('a stopped 2, b stopped 1');
  });
});
