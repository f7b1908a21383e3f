import type { Contestant } from '../timed.ts';
import { newPaths } from '../project-paths.ts';
import { same } from '../same.ts';

/** Many sessions of one make, and what can be done to them. */
export interface Crowd {
  count(): number | Promise<number>;
  /** Starts a session for each path, by the shortest way. It is not measured. */
  fill(paths: readonly string[]): unknown;
  /** Starts a session for each path, one after another. */
  start(paths: readonly string[]): unknown;
  /** Stops the last ones that were started, one after another. */
  stop(count: number): unknown;
  /** Stops all of them. */
  close(): unknown;
}

/** Times the starts of some more sessions in a crowd, which are stopped again. */
export function starting(crowd: Crowd, operations: number): Contestant {
  let paths: string[] = [];
  let open = 0;
  return {
    operations,
    before: async () => {
      open = await crowd.count();
      paths = newPaths(operations);
    },
    run: () => crowd.start(paths),
    after: async () => {
      same('open after a start', await crowd.count(), open + operations);
      await crowd.stop(operations);
    },
  };
}

/** Times the stops of some more sessions in a crowd. */
export function stopping(crowd: Crowd, operations: number): Contestant {
  let open = 0;
  return {
    operations,
    before: async () => {
      open = await crowd.count();
      await crowd.start(newPaths(operations));
    },
    run: () => crowd.stop(operations),
    after: async () => same('open after a stop', await crowd.count(), open),
  };
}

export async function filled<T extends Crowd>(crowd: T, open: number): Promise<T> {
  await crowd.fill(newPaths(open));
  same('open at the beginning', await crowd.count(), open);
  return crowd;
}
