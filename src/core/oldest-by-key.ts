import { Aged, AgeOrder } from './age-order.ts';

/** An index by a key that several may share: it finds the oldest of them. */
export class OldestByKey<T extends Aged> {
  readonly #oldest = new Map<string, T>();
  // Of the keys that several share, which are hardly any.
  readonly #shared = new Map<string, Peers<T>>();

  get(key: string): T | undefined {
    return this.#oldest.get(key);
  }

  add(key: string, aged: T): void {
    const other = this.#oldest.get(key);
    if (other === undefined) {
      this.#oldest.set(key, aged);
      return;
    }
    let peers = this.#shared.get(key);
    if (peers === undefined) {
      peers = new Peers();
      peers.add(other);
      this.#shared.set(key, peers);
    }
    peers.add(aged);
    this.#oldest.set(key, peers.oldest);
  }

  remove(key: string, aged: T): void {
    const peers = this.#shared.size === 0 ? undefined : this.#shared.get(key);
    if (peers === undefined) {
      this.#oldest.delete(key);
      return;
    }
    peers.remove(aged);
    this.#oldest.set(key, peers.oldest);
    if (peers.size === 1) this.#shared.delete(key);
  }

  clear(): void {
    this.#oldest.clear();
    this.#shared.clear();
  }
}

class Peer<T extends Aged> extends Aged {
  constructor(readonly of: T) {
    super(of.createdAt, of.serial, of.id);
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
