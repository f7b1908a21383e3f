/** What stands in an `AgeOrder`: in one, and once. */
export class Aged {
  /** Neighbours in the run. */
  before: Aged | undefined = undefined;
  after: Aged | undefined = undefined;
  /** Index among the stragglers; -1 in the run. */
  at = -1;

  constructor(
    readonly createdAt: number,
    readonly serial: number,
    readonly id: string,
  ) {}
}

/**
 * By `createdAt`, then by registration: negative where the first is older. Each host counts from 0, so that one that
 * comes back may stand where another has been registered since: their ids decide, as they would in the next host.
 */
export const byAge = (a: Aged, b: Aged): number =>
  a.createdAt - b.createdAt || a.serial - b.serial || (a.id < b.id ? -1 : 1);

const isOlder = (a: Aged, b: Aged): boolean => byAge(a, b) < 0;

/**
 * Knows the oldest of many, also when any of them leaves.
 *
 * Nearly always what comes is younger than all before it, and joins the end of a run, a linked list: O(1) to add and
 * to remove. What comes out of turn (the clock stepped back, a session was resumed or renamed) is a straggler, kept in
 * a binary heap: O(log n). The oldest is the older of the two heads.
 */
export class AgeOrder<T extends Aged> {
  #first: Aged | undefined;
  #last: Aged | undefined;
  readonly #stragglers: Aged[] = [];

  get oldest(): T | undefined {
    const first = this.#first;
    const straggler = this.#stragglers[0];
    const oldest = first === undefined || (straggler !== undefined && isOlder(straggler, first)) ? straggler : first;
    return oldest as T | undefined;
  }

  /** Whether all came in the order of their age. */
  get isRun(): boolean {
    return this.#stragglers.length === 0;
  }

  add(aged: T): void {
    const last = this.#last;
    if (last === undefined) {
      this.#first = aged;
    } else if (isOlder(aged, last)) {
      this.#rise(aged, this.#stragglers.length);
      return;
    } else {
      last.after = aged;
      aged.before = last;
    }
    this.#last = aged;
  }

  remove(aged: T): void {
    if (aged.at >= 0) {
      this.#removeStraggler(aged);
      return;
    }
    const { before, after } = aged;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    // Or, in the heap of the engine, old garbage would keep young garbage alive.
    aged.before = aged.after = undefined;
  }

  clear(): void {
    this.#first = this.#last = undefined;
    this.#stragglers.length = 0;
  }

  #removeStraggler(aged: Aged): void {
    const last = this.#stragglers.pop()!;
    if (last !== aged) {
      // What fills the gap comes from another branch of the heap: it may have to go either way.
      this.#rise(last, aged.at);
      this.#sink(last, last.at);
    }
  }

  #put(aged: Aged, at: number): void {
    this.#stragglers[at] = aged;
    aged.at = at;
  }

  #rise(aged: Aged, at: number): void {
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#stragglers[parentAt]!;
      if (isOlder(parent, aged)) break;
      this.#put(parent, at);
      at = parentAt;
    }
    this.#put(aged, at);
  }

  #sink(aged: Aged, at: number): void {
    const heap = this.#stragglers;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= heap.length) break;
      if (childAt + 1 < heap.length && isOlder(heap[childAt + 1]!, heap[childAt]!)) childAt += 1;
      const child = heap[childAt]!;
      if (isOlder(aged, child)) break;
      this.#put(child, at);
      at = childAt;
    }
    this.#put(aged, at);
  }
}
