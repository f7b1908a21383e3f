import { misbehaviours } from './support/misbehaviours/all.ts';
import { runInNode } from './support/node-process.ts';
import type { Ran } from './support/node-process.ts';

describe.each(['development', 'production'] as const)(
  'With XState’s %s build, no process dies and no actor stops working of a host that',
  (build) => {
    let ran: Ran;
    beforeAll(async () => {
      ran = await runInNode('test/support/misbehaviours/main.ts', build);
    }, 60_000);

    it.each(Object.keys(misbehaviours))('%s', (name) => {
      const line = ran.lines.find((each) => each.name === name);
      expect(line ?? { died: ran.stderr }).toEqual({ name });
    });

    it('did all of this in one process, that ended by itself', () => {
      expect(ran.lines[0]).toEqual({ build });
      expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
      expect(ran.lines).toHaveLength(Object.keys(misbehaviours).length + 1);
    });
  },
);
