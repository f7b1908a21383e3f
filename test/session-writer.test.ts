import { NotAtRestError } from '../src/core/not-at-rest.ts';
import { SessionWriter } from '../src/keeping/session-writer.ts';
import { settled } from './support/answers.ts';
import { CountingClock } from './support/counting-clock.ts';

/** A writer whose writes do as `write` says, and what it said. */
function setUp(write: () => Promise<void>, prepare: () => void = () => {}) {
  const clock = new CountingClock();
  const said: unknown[] = [];
  const writer = new SessionWriter(
    {
      id: 's1',
      clock,
      timeoutMs: 1_000,
      failed: ({ code }, retryInMs) => said.push([code, retryInMs]),
      idle: () => said.push('idle'),
    },
    () => {
      prepare();
      return write;
    },
  );
  const wait = (name: string) => writer.whenWritten('value', (error) => said.push([name, error?.message ?? 'written']));
  return { clock, said, writer, wait };
}

describe('The writer of a session', () => {
  it('has nothing to wait for where nothing is wanted', () => {
    const { said, wait, clock } = setUp(async () => {});
    wait('first');
    expect([said, clock.timers]).toEqual([[['first', 'written']], 0]);
  });

  it('tells each who waits in time, as late as it may', async () => {
    const { said, writer, wait, clock } = setUp(() => new Promise(() => {}));
    writer.want();
    wait('first');
    clock.increment(400);
    wait('second');
    clock.increment(600);
    const late = 'The session s1 is not saved: Error: the store has not answered within 1000 ms';
    const first = [['store_failed', undefined], ['first', late]]; // prettier-ignore
    expect(said).toEqual(first);
    clock.increment(390);
    expect(said).toEqual(first);
    clock.increment(10);
    expect([said.slice(2), clock.timers]).toEqual([[['second', late]], 0]);
  });

  it('says that it was not at rest, where that is why', () => {
    const { said, writer, wait, clock } = setUp(
      async () => {},
      () => {
        throw new NotAtRestError('it', 'is processing GO');
      },
    );
    writer.want();
    wait('first');
    clock.increment(1_000);
    expect(said[1]).toEqual(['first', expect.stringContaining('it is processing GO')]);
  });

  it('leaves nobody waiting as it stops, and tries nothing again', async () => {
    const { said, writer, wait, clock } = setUp(() => Promise.reject(new Error('full')));
    writer.want();
    wait('first');
    await settled();
    writer.stop();
    wait('second');
    const full = 'The session s1 cannot be saved: Error: full';
    expect(said).toEqual([['store_failed', 100], ['first', full], ['second', full]]); // prettier-ignore
    expect(clock.timers).toBe(0);
  });
});
