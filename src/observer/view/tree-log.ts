import type { TreeChange, TreeNode } from '../protocol.ts';

/** How many changes are remembered, for pages that read slowly; and no fewer than twice the nodes that there are. */
const remembered = 10_000;
/** How many nodes a page is told of in one message. */
const atOnce = 200;

/**
 * The tree as it was seen last, and what has changed in it, in order. Nothing is kept for any page: each remembers how far
 * it has read, and one that falls too far behind reads the whole tree anew.
 */
export class TreeLog {
  /** Parents before their children. */
  private readonly nodes = new Map<string, TreeNode>();
  /** Keys, in the order of their changes. */
  private changes: string[] = [];
  /** How many changes went before those. */
  private forgotten = 0;
  /** What pages have been told from where, since the tree was last seen. */
  private readonly told = new Map<number, TreeChange>();

  /** How many changes there have been. */
  get end(): number {
    return this.forgotten + this.changes.length;
  }

  /** How many changes are remembered no more. */
  get start(): number {
    return this.forgotten;
  }

  all(): IterableIterator<TreeNode> {
    return this.nodes.values();
  }

  /** The next changes from a position on. All that read from there are told the same. */
  changesFrom(position: number): TreeChange {
    const known = this.told.get(position);
    if (known !== undefined) return known;
    const first = position - this.forgotten;
    const nodes: TreeNode[] = [];
    const gone: string[] = [];
    for (const key of new Set(this.changes.slice(first, first + atOnce))) {
      const node = this.nodes.get(key);
      if (node === undefined) gone.push(key);
      else nodes.push(node);
    }
    const change = { anew: false, nodes, gone, more: position + atOnce < this.end };
    this.told.set(position, change);
    return change;
  }

  /** @param seen the whole tree, parents before their children */
  update(seen: Iterable<TreeNode>): void {
    this.told.clear();
    const missing = new Set(this.nodes.keys());
    for (const node of seen) {
      missing.delete(node.key);
      const before = this.nodes.get(node.key);
      if (before === node || (before !== undefined && isSame(before, node))) continue;
      this.nodes.set(node.key, node);
      this.changes.push(node.key);
    }
    for (const key of missing) {
      this.nodes.delete(key);
      this.changes.push(key);
    }
    this.forget();
  }

  private forget(): void {
    const most = Math.max(remembered, 2 * this.nodes.size);
    if (this.changes.length <= most) return;
    const dropped = this.changes.length - most;
    this.changes = this.changes.slice(dropped);
    this.forgotten += dropped;
  }
}

/** How far one page has read a tree. */
export class TreeReader {
  private position = -1;
  private whole: Iterator<TreeNode> | undefined;
  private isFirst = false;

  constructor(private readonly log: TreeLog) {}

  /** What the page is to be told next; undefined: it knows all. */
  next(): TreeChange | undefined {
    if (this.position < this.log.start) this.beginAnew();
    return this.whole === undefined ? this.changes() : this.part(this.whole);
  }

  // A node that changes meanwhile is told again, as a change.
  private beginAnew(): void {
    this.position = this.log.end;
    this.whole = this.log.all();
    this.isFirst = true;
  }

  private part(whole: Iterator<TreeNode>): TreeChange {
    const nodes: TreeNode[] = [];
    while (nodes.length < atOnce) {
      const { done, value } = whole.next();
      if (done) {
        this.whole = undefined;
        break;
      }
      nodes.push(value);
    }
    const anew = this.isFirst;
    this.isFirst = false;
    return { anew, nodes, gone: [], more: this.whole !== undefined };
  }

  private changes(): TreeChange | undefined {
    if (this.position === this.log.end) return undefined;
    const change = this.log.changesFrom(this.position);
    this.position = Math.min(this.position + atOnce, this.log.end);
    return change;
  }
}

function isSame(a: TreeNode, b: TreeNode): boolean {
  return (
    a.status === b.status &&
    a.state === b.state &&
    a.incarnation === b.incarnation &&
    a.startedAt === b.startedAt &&
    a.restartAt === b.restartAt &&
    a.name === b.name &&
    a.supervision?.used === b.supervision?.used &&
    // Of another that has come in the place of the first.
    a.kind === b.kind &&
    a.isTree === b.isTree &&
    a.restart === b.restart &&
    a.supervision?.strategy === b.supervision?.strategy &&
    a.supervision?.maxRestarts === b.supervision?.maxRestarts &&
    a.supervision?.withinMs === b.supervision?.withinMs &&
    a.session?.projectPath === b.session?.projectPath
  );
}
