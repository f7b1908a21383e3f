/** As far as it is known here: a snapshot is its logic's own. */
interface Kept {
  readonly children?: unknown;
  readonly supervision?: { readonly children?: unknown };
}

interface KeptChild {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly snapshot?: unknown;
}

/**
 * A snapshot without what its supervisors have counted, and when: each restart of a child changes that, though all is as
 * it was before.
 */
export function stateOf(snapshot: unknown): unknown {
  if (!isObject(snapshot)) return snapshot;
  const { supervision, children } = snapshot as Kept;
  if (isObject(supervision) && isListOfObjects(supervision.children)) {
    return { ...snapshot, supervision: supervision.children.map(supervised) };
  }
  if (isObject(children) && isListOfObjects(Object.values(children))) {
    return {
      ...snapshot,
      children: Object.entries(children).map(([id, child]) => ({ ...child, ...supervised(child), id })),
    };
  }
  return snapshot;
}

const supervised = ({ id, status, snapshot }: KeptChild): KeptChild => ({ id, status, snapshot: stateOf(snapshot) });

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isListOfObjects = (value: unknown): value is readonly object[] => Array.isArray(value) && value.every(isObject);
