import { births } from '../session-machine.ts';
import { same } from '../same.ts';
import type { Contestant } from '../timed.ts';

/** Times crashes: from the event of which a session dies until it runs again. */
export function crashing(
  crowd: { crash(times: number, among?: number): unknown },
  operations: number,
  among?: number,
): Contestant {
  let born = 0;
  return {
    operations,
    before: () => void (born = births.count),
    run: () => crowd.crash(operations, among),
    after: () => same('sessions that began again', births.count - born, operations),
  };
}
