/**
 * Counts what a function goes through: the elements that it takes out of maps, sets, arrays and objects, one by one or
 * all at once. So a cost that grows with a table shows, whatever the machine and its mood.
 */
export function elementsVisited(fn: () => void): number {
  let visited = 0;
  const restore: (() => void)[] = [];
  const replace = (target: object, name: PropertyKey, make: (original: (...args: unknown[]) => unknown) => unknown) => {
    const descriptor = Object.getOwnPropertyDescriptor(target, name)!;
    Object.defineProperty(target, name, { ...descriptor, value: make(descriptor.value) });
    restore.push(() => Object.defineProperty(target, name, descriptor));
  };
  for (const type of [Map, Set]) {
    for (const name of ['entries', 'keys', 'values', 'forEach', Symbol.iterator]) {
      replace(
        type.prototype,
        name,
        (original) =>
          function (this: { size: number }, ...args: unknown[]) {
            visited += this.size;
            return original.apply(this, args);
          },
      );
    }
  }
  for (const name of ['entries', 'keys', 'values', 'assign', 'fromEntries']) {
    replace(Object, name, (original) => (...args: unknown[]) => {
      const result = original(...args) as object;
      visited += Array.isArray(result) ? result.length : 1;
      return result;
    });
  }
  for (const name of [
    'map',
    'filter',
    'forEach',
    'some',
    'every',
    'find',
    'indexOf',
    'includes',
    'slice',
    'splice',
    'concat',
    'flatMap',
    'reverse',
    'toReversed',
    'sort',
    Symbol.iterator,
  ]) {
    replace(
      Array.prototype,
      name,
      (original) =>
        function (this: unknown[], ...args: unknown[]) {
          visited += this.length;
          return original.apply(this, args);
        },
    );
  }
  try {
    fn();
  } finally {
    for (const undo of restore) undo();
  }
  return visited;
}
