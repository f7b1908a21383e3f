import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedClock } from 'xstate';
import type { AnyActorRef } from 'xstate';
import type { SessionStore } from 'xstate-supervisor';
import { BareCrowd } from '../crowds/bare-crowd.ts';
import { counting } from '../crowds/counting-crowd.ts';
import { filled } from '../crowds/crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import * as by from '../names.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';
import { withStores } from '../with-stores.ts';

const off = 'without a store';
const [inMemory, inFiles, inLmdb] = ['in memory', 'in files', 'in LMDB'] as const;

const windowMs = 100;
const eventsPerWindow = 100;
const windows = 20;

// A session that is sent 1,000 events a second is idle for most of it, and files are written beside it: what counts is how
// much of the processor all of it takes, in all threads.
export const keptEvent: Row = {
  name: `an event of 1,000 a second, its session kept every ${windowMs} ms: time of all processors`,
  isShown: true,
  goals: [
    { of: off, to: by.bare, atMost: 1.1 },
    { of: inMemory, to: off, atMost: 1.3 },
    { of: inFiles, to: off, atMost: 1.3 },
    { of: inLmdb, to: off, atMost: 1.3 },
  ],
  measure: (rounds) =>
    withStores(async ({ memory, files, lmdb }) =>
      timed(
        {
          [by.bare]: sendingInWindows(await filled(new BareCrowd(), 1)),
          [off]: sendingInWindows(await filled(new SupervisedCrowd(), 1)),
          [inMemory]: await keeping(memory),
          [inFiles]: await keeping(files),
          [inLmdb]: await keeping(lmdb),
        },
        rounds,
      ),
    ),
};

interface Sendable {
  send(times: number): void;
  refs(): AnyActorRef[];
}

/** @param pass lets the time of a window pass, and what falls due in it be done */
function sendingInWindows(crowd: Sendable, pass = async (): Promise<void> => {}): Contestant {
  return {
    operations: windows * eventsPerWindow,
    run: async () => {
      const begun = process.cpuUsage();
      for (let window = 0; window < windows; window++) {
        crowd.send(eventsPerWindow);
        await pass();
      }
      const { user, system } = process.cpuUsage(begun);
      return { overriddenDuration: (user + system) / 1_000 };
    },
  };
}

async function keeping(store: SessionStore): Promise<Contestant> {
  const clock = new SimulatedClock();
  const crowd = await filled(new SupervisedCrowd({ store, persist: { everyMs: windowMs }, clock }), 1);
  const { host } = crowd;
  const contestant = sendingInWindows(crowd, async () => {
    clock.increment(windowMs);
    await host.flush();
  });
  return {
    ...contestant,
    after: async () => {
      const loaded = await store.load(host.ids()[0]!);
      if (!loaded.ok) throw loaded.error;
      const { value } = loaded.value.snapshot as { readonly value: unknown };
      same('in the store', value, crowd.refs()[0]!.getSnapshot().value);
    },
  };
}

/** What it costs to wait until a change is in the store, for one who has nothing else to do. */
export const keptAnswer: Row = {
  name: "a question that changes a session, and its answer, with persist: 'each'",
  goals: [],
  measure: (rounds) =>
    withStores(async ({ memory, files, lmdb }) =>
      timed(
        {
          [off]: await counting(1, 1_000),
          [inMemory]: await counting(1, 1_000, { store: memory }),
          [inFiles]: await counting(1, 20, { store: files }),
          [inLmdb]: await counting(1, 20, { store: lmdb }),
        },
        rounds,
      ),
    ),
};

const fsync = 'a write and its fsync';

export const keptCrowd: Row = {
  name: "a change of one of 100 sessions that all write, with persist: 'each'",
  isShown: true,
  // Where a disk takes no time, there is none to be saved by writing much at once.
  goals: [{ of: inFiles, to: inLmdb, atLeast: 10, where: { of: fsync, over: 100_000 } }],
  measure: (rounds) =>
    withStores(async ({ memory, files, lmdb, directory }) =>
      timed(
        {
          [inMemory]: await counting(100, 20, { store: memory }),
          [inFiles]: await counting(100, 2, { store: files }),
          [inLmdb]: await counting(100, 20, { store: lmdb }),
          [fsync]: syncing(join(directory, 'synced')),
        },
        rounds,
      ),
    ),
};

/** What the disk takes for the least that has to be done to have something on it. */
function syncing(file: string): Contestant {
  const operations = 10;
  const text = 'x'.repeat(500);
  return {
    operations,
    run: () => {
      const fd = openSync(file, 'w');
      for (let n = 0; n < operations; n++) {
        writeSync(fd, text);
        fsyncSync(fd);
      }
      closeSync(fd);
    },
  };
}
