import { Aged, AgeOrder } from './age-order.ts';

/** An index by a key that several may share: it finds the oldest of them. */
export class OldestByKey<T extends Aged> {
  // One alone, as nearly all are, is stored as it is.
  readonly #found = new Map<string, T | Peers<T>>();

  get(key: string): T | undefined {
    const found = this.#found.get(key);
    return found instanceof Peers ? found.oldest : found;
  }

  add(key: string, aged: T): void {
    const found = this.#found.get(key);
    if (found === undefined) {
      this.#found.set(key, aged);
    } else if (found instanceof Peers) {
      found.add(aged);
    } else {
      const peers = new Peers<T>();
      peers.add(found);
      peers.add(aged);
      this.#found.set(key, peers);
    }
  }

  remove(key: string, aged: T): void {
    const found = this.#found.get(key);
    if (!(found instanceof Peers)) {
      this.#found.delete(key);
      return;
    }
    found.remove(aged);
    if (found.size === 1) this.#found.set(key, found.oldest);
  }

  clear(): void {
    this.#found.clear();
  }
}

class Peer<T extends Aged> extends Aged {
  constructor(readonly of: T) {
    super(of.createdAt, of.serial);
  }
}

/** At least two that share a key. */
class Peers<T extends Aged> {
  readonly #order = new AgeOrder<Peer<T>>();
  readonly #peers = new Map<T, Peer<T>>();

  get size(): number {
    return this.#peers.size;
  }

  get oldest(): T {
    return this.#order.oldest!.of;
  }

  add(aged: T): void {
    const peer = new Peer(aged);
    this.#peers.set(aged, peer);
    this.#order.add(peer);
  }

  remove(aged: T): void {
    this.#order.remove(this.#peers.get(aged)!);
    this.#peers.delete(aged);
  }
}
