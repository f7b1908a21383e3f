import { memoryStore } from '../../src/index.ts';
import type { SessionRecord, SessionStore, SetAsideReason } from '../../src/index.ts';

type Operation = keyof SessionStore;

/** What becomes of an operation instead: it may do the work all the same, at once or later. */
type Fault = (work: () => Promise<unknown>) => unknown;

const writes = ['save', 'delete'] as const;

/** A store in memory that writes down what it is asked for, in order, and fails, hangs or waits as it is told to. */
export class FaultyStore implements SessionStore {
  /** Such as `save s1` and `list`. */
  readonly calls: string[] = [];
  /** How many writes are under way, at most. */
  mostAtOnce = 0;
  private readonly inner: SessionStore;
  private readonly faults = new Map<Operation, Fault>();
  private held: (() => void)[] = [];
  private underWay = 0;

  constructor(readonly records = new Map<string, string>()) {
    this.inner = memoryStore(records);
  }

  readonly list = () => this.does('list', '', () => this.inner.list());
  readonly load = (id: string) => this.does('load', id, () => this.inner.load(id));
  readonly save = (record: SessionRecord) => {
    // As it is at the call.
    const copy = structuredClone(record);
    return this.does('save', record.session.id, () => this.inner.save(copy));
  };
  readonly delete = (id: string) => this.does('delete', id, () => this.inner.delete(id));
  readonly setAside = (id: string, reason: SetAsideReason) =>
    this.does('setAside', id, () => this.inner.setAside(id, reason));
  readonly close = () => this.does('close', '', () => this.inner.close());

  /** Each of these operations ends so from now on; unless given, what writes. */
  fault(fault: Fault, ...operations: readonly Operation[]): void {
    for (const operation of operations.length === 0 ? writes : operations) this.faults.set(operation, fault);
  }

  /** Rejects, so many times. */
  fail(error: unknown, times = Infinity, ...operations: readonly Operation[]): void {
    let left = times;
    this.fault(
      async (work) => {
        if (left-- <= 0) return work();
        throw error;
      },
      ...operations,
    );
  }

  /** Never answers. */
  hang(...operations: readonly Operation[]): void {
    this.fault(() => new Promise(() => {}), ...operations);
  }

  /** Does nothing before it is told to. */
  hold(...operations: readonly Operation[]): void {
    this.fault((work) => new Promise<void>((resolve) => this.held.push(resolve)).then(work), ...operations);
  }

  /** How many wait. */
  get waiting(): number {
    return this.held.length;
  }

  /** Goes on with those that wait: with the first ones, or all. */
  release(count = Infinity): void {
    for (const go of this.held.splice(0, count)) go();
  }

  /** All is well again, also with what waits. */
  heal(): void {
    this.faults.clear();
    this.release();
  }

  /** What was saved last of a session. */
  saved(id: string): SessionRecord | undefined {
    const text = this.records.get(id);
    return text === undefined ? undefined : (JSON.parse(text) as SessionRecord);
  }

  /** The lines of a notebook, as they are saved. */
  lines(id: string): unknown {
    const { snapshot } = this.saved(id) ?? {};
    return (snapshot as { readonly context: { readonly lines: unknown } } | null | undefined)?.context.lines;
  }

  /** How often an operation was asked for. */
  count(call: string): number {
    return this.calls.filter((made) => made === call).length;
  }

  private does<T>(operation: Operation, id: string, work: () => Promise<T>): Promise<T> {
    this.calls.push(`${operation} ${id}`.trim());
    const isWrite = operation === 'save' || operation === 'delete';
    if (isWrite) this.mostAtOnce = Math.max(this.mostAtOnce, ++this.underWay);
    const fault = this.faults.get(operation);
    const answer = (fault === undefined ? work() : fault(work)) as Promise<T>;
    if (isWrite) {
      const over = () => void this.underWay--;
      Promise.resolve(answer).then(over, over);
    }
    return answer;
  }
}
