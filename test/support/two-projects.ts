import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killWorkbenches } from './workbench-process.ts';

/** For each test a directory with the projects `shop` and `my blog`, which is gone after it, with the workbenches on them. */
export function twoProjects() {
  let root: string;
  /** A path in it. */
  const at = (path: string) => join(root, path);

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'workbench-')));
    mkdirSync(at('shop'));
    mkdirSync(at('my blog'));
  });
  afterEach(() => {
    killWorkbenches();
    rmSync(root, { recursive: true, force: true });
  });

  return { at, write: (path: string, text = '') => writeFileSync(at(path), text) };
}
