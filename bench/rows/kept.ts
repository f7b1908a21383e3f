import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedClock } from 'xstate';
import type { SessionHostOptions, SessionStore } from 'xstate-supervisor';
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

const everyMs = 100;
const perSecond = 1_000;
const options = { persist: { everyMs } } as const;

// What is written is written beside the session, in other threads too, so what counts is the time of the processors and
// not that which passes. It has that of the event loop in it, which is woken for each event, as it is by a socket.
export const keptStream: Row = {
  name: 'a session that is sent an event each millisecond, kept every 100 ms: for each event, time of all processors',
  isShown: true,
  goals: [
    { of: inMemory, to: off, atMost: 1.3 },
    { of: inFiles, to: off, atMost: 1.3 },
    { of: inLmdb, to: off, atMost: 1.3 },
  ],
  measure: (rounds) =>
    withStores(async ({ memory, files, lmdb }) =>
      timed(
        {
          [off]: streaming(await filled(new SupervisedCrowd(), 1)),
          [inMemory]: streaming(await kept({ ...options, store: memory })),
          [inFiles]: streaming(await kept({ ...options, store: files })),
          [inLmdb]: streaming(await kept({ ...options, store: lmdb })),
        },
        rounds,
      ),
    ),
};

// The same with nothing in between, for those who want to know what there is to be saved: the events follow one another,
// and the clock is put forward. One write is for a hundred events.
export const keptEvent: Row = {
  name: 'an event, and a hundredth of the write that follows on 100 of them: time of all processors',
  goals: [],
  measure: (rounds) =>
    withStores(async ({ memory, files, lmdb }) =>
      timed(
        {
          [by.bare]: sendingInWindows(await filled(new BareCrowd(), 1)),
          [off]: sendingInWindows(await filled(new SupervisedCrowd(), 1)),
          [inMemory]: await writing(memory),
          [inFiles]: await writing(files),
          [inLmdb]: await writing(lmdb),
        },
        rounds,
      ),
    ),
};

/** A session whose writes V8 has compiled: at ten a second that would take a minute. */
async function kept(keeping: Keeping): Promise<SupervisedCrowd> {
  const crowd = await filled(new SupervisedCrowd(keeping), 1);
  for (let n = 0; n < 1_000; n++) {
    crowd.send(1);
    await crowd.host.flush();
  }
  return crowd;
}

type Keeping = Pick<SessionHostOptions, 'store' | 'persist' | 'clock'>;

function streaming(crowd: SupervisedCrowd): Contestant {
  return {
    operations: perSecond,
    run: () =>
      processorTimeOf(
        () =>
          new Promise<void>((resolve) => {
            const begun = performance.now();
            let sent = 0;
            // A timer may be late, and the next one then has more to send.
            const timer = setInterval(() => {
              const due = Math.min(perSecond, Math.floor(performance.now() - begun));
              crowd.send(due - sent);
              sent = due;
              if (sent < perSecond) return;
              clearInterval(timer);
              resolve();
            }, 1);
          }),
      ),
    after: () => isInStore(crowd),
  };
}

const windows = 20;
const eventsPerWindow = (perSecond * everyMs) / 1_000;

/** @param pass lets the time of a window pass, and what falls due in it be done */
function sendingInWindows(crowd: { send(times: number): void }, pass = async (): Promise<void> => {}): Contestant {
  return {
    operations: windows * eventsPerWindow,
    run: () =>
      processorTimeOf(async () => {
        for (let window = 0; window < windows; window++) {
          crowd.send(eventsPerWindow);
          await pass();
        }
      }),
  };
}

async function writing(store: SessionStore): Promise<Contestant> {
  const clock = new SimulatedClock();
  const crowd = await kept({ ...options, store, clock });
  const contestant = sendingInWindows(crowd, async () => {
    clock.increment(everyMs);
    await crowd.host.flush();
  });
  return { ...contestant, after: () => isInStore(crowd) };
}

/** How long the processors have worked for all threads of the process. */
async function processorTimeOf(work: () => Promise<void>): Promise<{ readonly overriddenDuration: number }> {
  const begun = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begun);
  return { overriddenDuration: (user + system) / 1_000 };
}

async function isInStore(crowd: SupervisedCrowd): Promise<void> {
  const { host } = crowd;
  const { store } = crowd.options;
  if (store === undefined) return;
  await host.flush();
  const loaded = await store.load(host.ids()[0]!);
  if (!loaded.ok) throw loaded.error;
  const { value } = loaded.value.snapshot as { readonly value: unknown };
  same('in the store', value, crowd.refs()[0]!.getSnapshot().value);
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
          [inMemory]: await counting(100, 50, { store: memory }),
          [inFiles]: await counting(100, 2, { store: files }),
          [inLmdb]: await counting(100, 50, { store: lmdb }),
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
