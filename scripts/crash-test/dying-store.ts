import type { SessionStore } from '../../src/index.ts';
import type { Settings } from './protocol.ts';

/** A store that kills its process at a certain change of it. */
export function dying(store: SessionStore, { change, when }: NonNullable<Settings['dieAt']>): SessionStore {
  let changes = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  const deadly = async (work: () => Promise<void>) => {
    changes += 1;
    if (changes !== change) return work();
    if (when === 'before') die();
    const done = work();
    if (when === 'amid') setImmediate(die);
    await done;
    die();
  };
  return {
    ...store,
    save: (record) => deadly(() => store.save(record)),
    delete: (id) => deadly(() => store.delete(id)),
  };
}
