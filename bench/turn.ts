/** Whose turn it is: each of many once, in an order that no cache of the processor foresees. */
export class Turn {
  private at = 0;

  next(length: number): number {
    this.at = (this.at + 7919) % length;
    return this.at;
  }
}
