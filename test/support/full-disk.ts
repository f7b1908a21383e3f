import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory in which a program finds little room, how it is run, and what the system says when there is none left. */
export interface FullDisk {
  readonly directory: string;
  readonly before: readonly string[];
  readonly errno: 'ENOSPC' | 'EFBIG';
}

/** A small file system of the program's own, in memory; where nobody may mount one, small files. */
export function fullDisk(): FullDisk {
  const directory = mkdtempSync(join(tmpdir(), 'xstate-supervisor-full-'));
  const namespace = ['unshare', process.getuid!() === 0 ? '-m' : '-rm'];
  const mount = `mount -t tmpfs -o size=256k tmpfs '${directory}'`;
  const [command, ...args] = namespace;
  return spawnSync(command!, [...args, 'sh', '-c', mount]).status === 0
    ? { directory, before: [...namespace, 'sh', '-c', `${mount} && exec "$@"`, 'sh'], errno: 'ENOSPC' }
    : { directory, before: ['sh', '-c', 'ulimit -f 100 && exec "$@"', 'sh'], errno: 'EFBIG' };
}
