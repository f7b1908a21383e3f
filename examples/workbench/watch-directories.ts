import * as fs from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, join, sep } from 'node:path';

/**
 * Watches directories, one by one: a watch of a whole tree would take in `node_modules`. Where the system has no more
 * watches to give, it polls.
 */
export class DirectoryWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private polling: NodeJS.Timeout | undefined;

  constructor(
    private readonly changed: () => void,
    private readonly system: { readonly watch: typeof fs.watch; readonly pollMs: number } = {
      watch: fs.watch,
      pollMs: 2000,
    },
  ) {}

  /** Watches these directories and no others. What happened in a new one before now may have been missed. */
  watch(directories: readonly string[]): void {
    if (this.polling !== undefined) {
      this.polling.refresh();
      return;
    }
    const wanted = new Set(directories);
    this.forget((watched) => !wanted.has(watched));
    const fresh = directories.filter((directory) => !this.watchers.has(directory));
    for (const directory of fresh) if (this.polling === undefined) this.add(directory);
    if (fresh.length > 0) this.changed();
  }

  close(): void {
    clearTimeout(this.polling);
    this.forget(() => true);
  }

  private add(directory: string): void {
    try {
      const watcher = this.system.watch(directory, (type, name) => {
        if (type === 'rename') this.moved(directory, name);
        this.changed();
      });
      watcher.on('error', () => {
        this.forgetTree(directory);
        this.changed();
      });
      this.watchers.set(directory, watcher);
    } catch (error) {
      // One that has just gone is for the next scan to find out.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.poll();
    }
  }

  // What replaces a directory under its name has to be watched anew.
  private moved(directory: string, name: string | null): void {
    if (name === null || name === basename(directory)) this.forgetTree(directory);
    if (name !== null && this.watchers.has(join(directory, name))) this.forgetTree(join(directory, name));
  }

  private forgetTree(directory: string): void {
    this.forget((watched) => watched === directory || watched.startsWith(directory + sep));
  }

  private forget(which: (directory: string) => boolean): void {
    for (const [directory, watcher] of this.watchers) {
      if (!which(directory)) continue;
      watcher.close();
      this.watchers.delete(directory);
    }
  }

  // Each scan ends in `watch`, and so asks for the next.
  private poll(): void {
    this.forget(() => true);
    this.polling = setTimeout(this.changed, this.system.pollMs);
  }
}
