import { requireFunction, requireObject } from '../core/arguments.ts';
import type { SessionStore } from '../session-store.ts';
import { closeCases } from './close-cases.ts';
import { corruptCases } from './corrupt-cases.ts';
import { recordCases } from './record-cases.ts';
import type { Case, Place } from './place.ts';
import { scaleCases } from './scale-cases.ts';

/** One thing that a session store must do. */
export interface SessionStoreCase {
  /** What it must do, in a sentence. */
  readonly name: string;
  /** Rejects if it does not. */
  run(): Promise<void>;
}

/** How to come by the stores that are tried. */
export interface SessionStoreContractOptions<TPlace> {
  /** Makes an empty place for one case: a temporary directory, a name of a database. */
  place(): TPlace | Promise<TPlace>;
  /** Makes a store on a place, each time another: one that comes after it finds there what was saved. */
  open(place: TPlace): SessionStore | Promise<SessionStore>;
  /** Damages a record, such as by cutting off its end. Without it there are no cases of corrupt records. */
  corrupt?(place: TPlace, id: string): unknown;
  /** Clears a place away, when its case is over. */
  remove?(place: TPlace): unknown;
}

/**
 * What every `SessionStore` must do, as cases for any test runner. A case has a place of its own, and closes the stores
 * that it opens. The largest saves 5 MB, the longest a thousand records: give them the time that your store takes.
 *
 * @throws TypeError for a bad option, which it names
 *
 * @example
 * const cases = sessionStoreContract({
 *   place: () => mkdtemp(join(tmpdir(), 'store-')),
 *   open: (directory) => fileStore({ directory }),
 *   corrupt: (directory, id) => truncate(join(directory, `${id}.json`), 100),
 *   remove: (directory) => rm(directory, { recursive: true }),
 * });
 * for (const { name, run } of cases) test(name, run);
 */
export function sessionStoreContract<TPlace>(
  options: SessionStoreContractOptions<TPlace>,
): readonly SessionStoreCase[] {
  requireObject('options', options);
  const { place, open, corrupt, remove } = options;
  requireFunction('place', place);
  requireFunction('open', open);
  if (corrupt !== undefined) requireFunction('corrupt', corrupt);
  if (remove !== undefined) requireFunction('remove', remove);

  const cases = { ...recordCases, ...scaleCases, ...closeCases, ...(corrupt === undefined ? {} : corruptCases) };
  return Object.entries(cases).map(([name, check]) => ({ name, run: () => run(check) }));

  async function run(check: Case): Promise<void> {
    const at = await place();
    const stores: SessionStore[] = [];
    const tried: Place = {
      async open() {
        const store = await open(at);
        stores.push(store);
        return store;
      },
      corrupt: async (id) => void (await corrupt?.(at, id)),
    };
    try {
      await check(tried);
    } finally {
      await Promise.allSettled(stores.map((store) => store.close()));
      await remove?.(at);
    }
  }
}
