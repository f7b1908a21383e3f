/** A promise that is settled from outside. */
export interface Gate<T> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

export function createGate<T>(): Gate<T> {
  let settle: Pick<Gate<T>, 'open' | 'fail'> | undefined;
  const promise = new Promise<T>((open, fail) => {
    settle = { open, fail };
  });
  return { promise, ...settle! };
}
