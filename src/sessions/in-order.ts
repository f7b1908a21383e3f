/**
 * Answers that come in any order, acted on in the order in which they were asked for.
 *
 * @example
 * const order = new InOrder();
 * const first = order.place();
 * const second = order.place();
 * second(() => console.log('second')); // waits
 * first(() => console.log('first')); // prints first, then second
 */
export class InOrder {
  private head: Item | undefined;
  private tail: Item | undefined;

  get isEmpty(): boolean {
    return this.head === undefined;
  }

  /** Takes the next place. What it returns fills the place. */
  place(): (act: () => void) => void {
    const item: Item = { act: undefined, next: undefined };
    if (this.tail === undefined) this.head = item;
    else this.tail.next = item;
    this.tail = item;
    return (act) => {
      item.act = act;
      this.run();
    };
  }

  private run(): void {
    while (this.head?.act !== undefined) {
      const { act, next } = this.head;
      this.head = next;
      if (next === undefined) this.tail = undefined;
      act();
    }
  }
}

interface Item {
  act: (() => void) | undefined;
  next: Item | undefined;
}
