import fc from 'fast-check';
import type { BackoffOptions } from '../../src/core/backoff.ts';
import type { RestartType } from '../../src/core/child-spec.ts';
import type { Intensity } from '../../src/core/intensity.ts';
import type { AutoShutdown, Strategy } from '../../src/core/supervision-state.ts';
import type { Shutdown } from '../../src/shutdown.ts';

/** What comes of one start of a leaf. */
export type Start =
  | 'well'
  | 'ignored'
  | 'finished'
  | 'never ready'
  | 'throws in enabled'
  | 'throws in input'
  | 'throws in context'
  | 'throws in entry'
  | 'throws in an invoked child'
  | 'throws in ready';

/** What a leaf makes of `supervisor.shutdown`, or a task of its end; `ignores`: it does not take that event. */
export type Manners = 'ignores' | 'complies' | 'slow' | 'refuses' | 'throws';

/** How a leaf behaves. What does not fit its form is left out. */
export interface Temper {
  readonly form: 'machine' | 'callback' | 'promise' | 'task' | 'custom' | 'host';
  /** What comes of its first starts; all others go well. */
  readonly starts: readonly Start[];
  readonly manners: Manners;
  /** How long it takes to comply if it is slow. */
  readonly slowMs: number;
  /** How long it takes to become ready, if it is not ready at once. */
  readonly lateMs: number | undefined;
  readonly startTimeoutMs: number;
  /** The interval of a timer that it holds. */
  readonly beatMs: number | undefined;
  /** Whether it has a child with a name in the system. */
  readonly isNamed: boolean;
  /** Whether it has a child machine, which may crash, and whether that crash is handled. */
  readonly grandchild: 'none' | 'unhandled' | 'handled';
  readonly promise: 'resolves' | 'rejects' | 'hangs';
  readonly cleanUp: 'quiet' | 'throws';
  /** What a custom logic makes of `xstate.stop`. */
  readonly stop: 'stops' | 'ignores' | 'throws';
  /** Whether faults come from within its start and its clean-up. */
  readonly meddles: boolean;
}

interface Place {
  readonly id: string;
  readonly restart: RestartType;
  readonly shutdown: Shutdown;
  readonly significant: boolean;
}

export interface Leaf extends Place {
  readonly kind: 'leaf';
  readonly temper: Temper;
  /** What a leaf of the form `host` invokes. */
  readonly invoked: Branch | undefined;
}

/** A supervisor. */
export interface Branch extends Place {
  readonly kind: 'static' | 'dynamic';
  readonly strategy: Strategy;
  readonly autoShutdown: AutoShutdown;
  readonly intensity: Intensity;
  readonly backoff: BackoffOptions | undefined;
  /** What the random source of its back-off draws. */
  readonly drawn: number;
  readonly maxChildren: number;
  readonly startTimeoutMs: number | undefined;
  /** A static supervisor's children; what a dynamic one is told to start. */
  readonly children: readonly Node[];
}

export type Node = Leaf | Branch;

const start = fc.constantFrom<Start[]>(
  'well',
  'ignored',
  'finished',
  'never ready',
  'throws in enabled',
  'throws in input',
  'throws in context',
  'throws in entry',
  'throws in an invoked child',
  'throws in ready',
);
const starts = fc.array(start, { minLength: 1, maxLength: 5, size: 'max' });

const temper: fc.Arbitrary<Temper> = fc.record({
  form: fc.constantFrom('machine', 'machine', 'machine', 'callback', 'promise', 'task', 'task', 'custom', 'host'),
  starts: fc.oneof(
    { weight: 10, arbitrary: fc.constant([]) },
    { weight: 9, arbitrary: starts.map((later) => ['well' as const, ...later]) },
    // A first start that fails takes all down that is above it.
    { weight: 1, arbitrary: starts },
  ),
  manners: fc.constantFrom('ignores', 'complies', 'slow', 'refuses', 'throws'),
  slowMs: fc.constantFrom(0, 1, 50, 200),
  lateMs: fc.constantFrom(undefined, undefined, undefined, 0, 10, 40),
  startTimeoutMs: fc.constantFrom(50, 1000),
  beatMs: fc.constantFrom(undefined, undefined, 300, 100_000),
  isNamed: fc.boolean(),
  grandchild: fc.constantFrom('none', 'none', 'unhandled', 'handled'),
  promise: fc.constantFrom('resolves', 'rejects', 'hangs'),
  cleanUp: fc.constantFrom('quiet', 'quiet', 'quiet', 'throws'),
  stop: fc.constantFrom('stops', 'stops', 'ignores', 'throws'),
  meddles: fc.constantFrom(false, false, false, true),
});

const restart = fc.constantFrom<RestartType[]>('permanent', 'permanent', 'transient', 'temporary');
const intensity = fc.record({ maxRestarts: fc.constantFrom(0, 1, 2, 3), withinMs: fc.constantFrom(100, 5000) });
const backoff: fc.Arbitrary<BackoffOptions | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      minMs: fc.constant(10),
      maxMs: fc.constantFrom(10, 40),
      jitter: fc.constantFrom('full', 'none'),
      resetAfterMs: fc.constantFrom(0, 1000),
    }),
  },
);

function leaf(depth: number): fc.Arbitrary<Leaf> {
  const invoked = depth === 0 ? fc.constant(undefined) : fc.option(branch(depth - 1), { nil: undefined, freq: 3 });
  return fc
    .record({
      kind: fc.constant('leaf'),
      id: fc.constant(''),
      restart,
      shutdown: fc.constantFrom<Shutdown[]>('brutal_kill', 0, 30, 100, 5000, 'infinity'),
      significant: fc.boolean(),
      temper,
      invoked,
    })
    .map((node) => ({
      ...node,
      // Nothing would ever end one that refuses and has no end of time.
      shutdown: node.shutdown === 'infinity' && !endsWhenAsked(node.temper) ? 100 : node.shutdown,
      invoked: node.temper.form === 'host' ? node.invoked : undefined,
    }));
}

/** Only a machine or a task can be slow, and a callback cannot end at all but by a throw. */
const endsWhenAsked = ({ form, manners }: Temper): boolean =>
  manners !== 'refuses' &&
  !(manners === 'slow' && form === 'custom') &&
  !((manners === 'slow' || manners === 'complies') && form === 'callback');

function branch(depth: number): fc.Arbitrary<Branch> {
  return fc
    .record({
      kind: fc.constantFrom('static', 'static', 'dynamic'),
      id: fc.constant(''),
      restart,
      shutdown: fc.constantFrom<Shutdown[]>('infinity', 'infinity', 'infinity', 'infinity', 'brutal_kill', 60),
      significant: fc.boolean(),
      strategy: fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one'),
      autoShutdown: fc.constantFrom('never', 'never', 'any_significant', 'all_significant'),
      intensity,
      backoff,
      drawn: fc.constantFrom(0, 0.5, 1),
      maxChildren: fc.constantFrom(2, 3, 8),
      startTimeoutMs: fc.constantFrom(undefined, undefined, 60),
      children: fc.array(node(depth), { minLength: depth === 3 ? 2 : 1, maxLength: 4, size: 'max' }),
    })
    .map((node) => ({ ...node, children: node.children.map((child, index) => placed(node, child, index)) }));
}

// Only what a supervisor takes: the rest is for the tests of bad specs.
function placed({ kind, autoShutdown }: Pick<Branch, 'kind' | 'autoShutdown'>, child: Node, index: number): Node {
  const takesSignificant = kind === 'static' && autoShutdown !== 'never' && child.restart !== 'permanent';
  return { ...child, id: 'abcd'[index]!, significant: takesSignificant && child.significant };
}

const node = (depth: number): fc.Arbitrary<Node> =>
  depth === 0 ? leaf(0) : fc.oneof({ weight: 2, arbitrary: leaf(depth) }, { weight: 1, arbitrary: branch(depth - 1) });

/** Random trees, up to four supervisors deep. The root may restart often, so that a tree is worth its faults. */
export const tree: fc.Arbitrary<Branch> = fc
  .tuple(branch(3), fc.constantFrom(1, 10, 30, 30))
  .map(([root, maxRestarts]) => ({ ...root, id: 'root', intensity: { maxRestarts, withinMs: 5000 } }));
