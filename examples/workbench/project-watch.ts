import type { AnyEventObject } from 'xstate';
import { fromTask } from '../../src/index.ts';
import type { TaskScope } from '../../src/index.ts';
import { scan } from './scan.ts';
import type { ScanSummary } from './scan.ts';
import { DirectoryWatch } from './watch-directories.ts';

// Files change in swarms.
const quietMs = 150;

/**
 * Watches a project, and tells its parent `project.changed` once what had changed is quiet. Its progress is `watching`
 * from when on no change is missed. It fails where the directory has gone.
 */
export const projectWatch = fromTask(
  async ({
    input: { projectPath },
    signal,
    send,
    schedule,
    progress,
  }: TaskScope<{ readonly projectPath: string }, AnyEventObject, 'watching'>) => {
    let known: ScanSummary | undefined;
    let isScanning = false;
    let isStale = false;
    let callOff = () => {};

    const look = async () => {
      isScanning = true;
      isStale = false;
      const { directories, ...found } = await scan(projectPath, signal);
      isScanning = false;
      if (known !== undefined && differs(known, found)) send({ type: 'project.changed' });
      known = found;
      watch.watch(directories);
      if (isStale) changed();
    };
    const changed = () => {
      isStale = true;
      callOff();
      if (!isScanning) callOff = schedule(look, quietMs);
    };

    const watch = new DirectoryWatch(changed);
    try {
      await look();
      progress('watching');
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    } finally {
      watch.close();
    }
  },
);

const differs = (a: ScanSummary, b: ScanSummary): boolean =>
  a.files !== b.files || a.bytes !== b.bytes || a.lastChange !== b.lastChange;
