/** First in, first out, and O(1) either way, however long it grows. */
export class Queue<T> {
  private oldest: Link<T> | undefined;
  private newest: Link<T> | undefined;
  private length = 0;

  get size(): number {
    return this.length;
  }

  /** The oldest first. */
  *[Symbol.iterator](): Generator<T> {
    for (let link = this.oldest; link !== undefined; link = link.next) yield link.value;
  }

  peek(): T | undefined {
    return this.oldest?.value;
  }

  push(value: T): void {
    const link: Link<T> = { value, next: undefined };
    if (this.newest === undefined) this.oldest = link;
    else this.newest.next = link;
    this.newest = link;
    this.length++;
  }

  shift(): T | undefined {
    const { oldest } = this;
    if (oldest === undefined) return undefined;
    this.oldest = oldest.next;
    if (this.oldest === undefined) this.newest = undefined;
    this.length--;
    return oldest.value;
  }
}

interface Link<T> {
  readonly value: T;
  next: Link<T> | undefined;
}
