import fc from 'fast-check';
import type { LifecycleNews, TreeNode } from '../src/observer/protocol.ts';
import { LifecycleLog, LifecycleReader } from '../src/observer/view/lifecycle-log.ts';
import { brief, Plainer } from '../src/observer/view/plain.ts';
import { TreeLog, TreeReader } from '../src/observer/view/tree-log.ts';

/** A tree of branches with leaves: of each leaf its state; none, where it is not there. */
type Shape = readonly (readonly (string | undefined)[])[];

function nodesOf(shape: Shape): TreeNode[] {
  const node = (key: string, parent: string | undefined, state: string): TreeNode => {
    const whose = { key, kind: 'worker', name: key, status: 'running', incarnation: 1, state } as const;
    return parent === undefined ? whose : { ...whose, parent };
  };
  return [
    node('r', undefined, 'root'),
    ...shape.flatMap((leaves, at) => {
      const present = leaves.flatMap((state, leaf) =>
        state === undefined ? [] : node(`r/${at}/${leaf}`, `r/${at}`, state),
      );
      return present.length === 0 ? [] : [node(`r/${at}`, 'r', 'branch'), ...present];
    }),
  ];
}

/** A page: what it is told is all that it knows. */
class Page {
  private readonly nodes = new Map<string, TreeNode>();
  readonly anew: boolean[] = [];
  private readonly reader: TreeReader;

  constructor(log: TreeLog) {
    this.reader = new TreeReader(log);
  }

  /** Takes a message; false: there was none. */
  read(): boolean {
    const change = this.reader.next();
    if (change === undefined) return false;
    this.anew.push(change.anew);
    expect(change.nodes.length + change.gone.length).toBeLessThanOrEqual(200);
    if (change.anew) this.nodes.clear();
    for (const key of change.gone) this.nodes.delete(key);
    for (const node of change.nodes) this.nodes.set(node.key, node);
    if (!change.more) expect(this.orphans).toEqual([]);
    return true;
  }

  readAll(): void {
    while (this.read());
  }

  get orphans(): string[] {
    const { nodes } = this;
    return [...nodes.values()].flatMap(({ key, parent }) => (parent === undefined || nodes.has(parent) ? [] : key));
  }

  get told(): unknown[] {
    return inOrder([...this.nodes.values()]);
  }
}

const inOrder = (nodes: TreeNode[]) => nodes.sort((a, b) => (a.key < b.key ? -1 : 1));

describe('A page that reads a tree', () => {
  const leaf = fc.option(fc.constantFrom('a', 'b'), { nil: undefined });
  const branch = fc.oneof(fc.array(leaf, { maxLength: 6 }), fc.constant(new Array<string>(90).fill('c')));
  const shape: fc.Arbitrary<Shape> = fc.array(branch, { maxLength: 6 });
  const step = fc.oneof(shape, fc.nat({ max: 3 }));

  it('has the tree exactly once it has read all, whenever it has read, and whenever it came', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), shape, (steps, last) => {
        const log = new TreeLog();
        log.update(nodesOf([]));
        const pages = [new Page(log)];
        for (const step of steps) {
          if (typeof step !== 'number') log.update(nodesOf(step));
          else if (step === 0) pages.push(new Page(log));
          else for (const page of pages) for (let i = 0; i < step; i++) page.read();
        }
        log.update(nodesOf(last));
        for (const page of pages) {
          page.readAll();
          expect(page.told).toEqual(inOrder(nodesOf(last)));
          expect(page.anew.filter(Boolean)).toHaveLength(1);
          expect(page.read()).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has it however far it has fallen behind: it is told anew then, and only then', () => {
    const shapeAt = (turn: number): Shape =>
      Array.from({ length: 5 }, (_, at) =>
        Array.from({ length: 200 }, (_, leaf) => ((at + leaf + turn) % 3 === 0 ? undefined : `${turn}`)),
      );
    const pauses = fc.array(fc.tuple(fc.nat({ max: 25 }), fc.nat({ max: 8 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pauses, (pauses) => {
        const log = new TreeLog();
        log.update(nodesOf([]));
        const page = new Page(log);
        let turn = 0;
        for (const [updates, reads] of pauses) {
          for (let i = 0; i < updates; i++) log.update(nodesOf(shapeAt(++turn)));
          for (let i = 0; i < reads; i++) page.read();
        }
        page.readAll();
        expect(page.told).toEqual(inOrder(nodesOf(turn === 0 ? [] : shapeAt(turn))));
        expect(log.end - log.start).toBeLessThanOrEqual(10_000);
      }),
      { numRuns: 20 },
    );
    const log = new TreeLog();
    const page = new Page(log);
    log.update(nodesOf(shapeAt(0)));
    page.readAll();
    for (let turn = 1; turn <= 5; turn++) log.update(nodesOf(shapeAt(turn)));
    page.readAll();
    expect(page.anew.filter(Boolean)).toHaveLength(1);
    for (let turn = 6; turn <= 30; turn++) log.update(nodesOf(shapeAt(turn)));
    page.readAll();
    expect(page.anew.filter(Boolean)).toHaveLength(2);
  });

  it('is told of nothing that has not changed', () => {
    const log = new TreeLog();
    const page = new Page(log);
    log.update(nodesOf([['a', 'b']]));
    page.readAll();
    log.update(nodesOf([['a', 'b']]));
    expect(page.read()).toBe(false);
    log.update(nodesOf([['a', 'c']]));
    expect([page.read(), page.read()]).toEqual([true, false]);
  });
});

describe('A page that reads what has happened', () => {
  /** Reads until there is no more; the numbers are without a gap but those that are lost. */
  class Reading {
    told = 0;
    lost = 0;
    last: number;
    private readonly reader: LifecycleReader;

    constructor(log: LifecycleLog) {
      this.reader = new LifecycleReader(log);
      this.last = log.start - 1;
    }

    read(): boolean {
      const news = this.reader.next();
      if (news === undefined) return false;
      this.take(news);
      return true;
    }

    private take({ events, lost }: LifecycleNews): void {
      expect(events.length).toBeGreaterThan(0);
      expect(events.length).toBeLessThanOrEqual(100);
      const first = this.last + lost + 1;
      expect(events.map(({ n }) => n)).toEqual(events.map((_, index) => first + index));
      expect(events.map(({ type }) => type)).toEqual(events.map(({ n }) => `event ${n}`));
      this.last = events.at(-1)!.n;
      this.told += events.length;
      this.lost += lost;
    }
  }

  const logOf = () => new LifecycleLog(new Plainer(undefined, brief), Date.now, () => {});

  it('knows how much it has lost, to the one', () => {
    const step = fc.oneof(
      fc.record({ add: fc.oneof(fc.nat({ max: 150 }), fc.constantFrom(999, 1_000, 1_001, 1_999, 2_000, 4_500)) }),
      fc.constant({ settle: true }),
      fc.record({ read: fc.nat({ max: 12 }) }),
      fc.constant({ open: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const log = logOf();
        let added = 0;
        const readings = [{ reading: new Reading(log), from: 0 }];
        for (const step of steps) {
          if ('add' in step) for (let i = 0; i < step.add; i++) log.add({ type: `event ${++added}` });
          else if ('settle' in step) log.settle();
          else if ('read' in step)
            for (const { reading } of readings) for (let i = 0; i < step.read; i++) reading.read();
          else readings.push({ reading: new Reading(log), from: log.start - 1 });
        }
        log.settle();
        expect(log.end).toBe(added);
        for (const { reading, from } of readings) {
          while (reading.read());
          expect(reading.told + reading.lost).toBe(added - from);
          expect(reading.last).toBe(added);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has lost nothing of what had been dropped before it came, and something of what has been since', () => {
    const log = logOf();
    const add = (count: number) => {
      for (let i = 0; i < count; i++) log.add({ type: `event ${log.end + i + 1}` });
      log.settle();
    };
    add(1_500);
    const late = new LifecycleReader(log);
    expect(late.next()).toMatchObject({ lost: 0, events: { 0: { n: 501 } } });
    const stalled = new LifecycleReader(log);
    add(1_200);
    expect(stalled.next()).toMatchObject({ lost: 1_200, events: { 0: { n: 1_701 } } });
  });

  it('is told little of events that hold much', () => {
    const log = logOf();
    const event = { type: 'session.message', event: { type: 'big', load: 'x'.repeat(1_000_000) } };
    for (let i = 0; i < 3_000; i++) log.add(event);
    log.settle();
    const told = Array.from({ length: 10 }, (_, i) => log.newsFrom(log.start + i * 100).events).flat();
    expect(JSON.stringify(told).length).toBeLessThan(2_000_000);
    expect(told[0]).toMatchObject({ n: 2_001, more: { event: { type: 'big' } } });
  });

  it('finds the last ten crashes of a session, and how it ended, until there is another of its id', () => {
    const log = logOf();
    const session = { id: 's1', name: 'one' };
    for (let i = 1; i <= 12; i++) {
      log.add({ type: 'session.crashed', session, incarnation: i, error: new Error(`${i}`), event: { type: 'go' } });
    }
    log.settle();
    expect(log.crashesOf('s1').map(({ incarnation }) => incarnation)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(log.crashesOf('s1')[0]).toMatchObject({ error: { message: '12' }, event: { type: 'go' } });
    log.add({ type: 'session.failed', session, error: new Error('over') });
    log.settle();
    expect(log.endingOf('s1')).toMatchObject({ how: 'gave_up', error: { message: 'over' } });
    expect(log.crashesOf('s1')).toHaveLength(10);
    log.add({ type: 'session.started', session });
    log.settle();
    expect([log.endingOf('s1'), log.crashesOf('s1')]).toEqual([undefined, []]);
  });

  it('keeps the crashes of the sessions that crashed last, however many do', () => {
    const log = logOf();
    for (let i = 0; i < 30; i++) {
      for (let j = 0; j < 100; j++) {
        log.add({ type: 'session.crashed', session: { id: `s${i * 100 + j}`, name: 's' }, error: new Error('x') });
      }
      log.settle();
    }
    const known = Array.from({ length: 3_000 }, (_, i) => log.crashesOf(`s${i}`).length);
    expect(known.indexOf(1)).toBe(2_000);
    expect(known.filter(Boolean)).toHaveLength(1_000);
  });
});
