import * as fs from 'node:fs/promises';
import { relative } from 'node:path';
import type { FileSystem, OpenFile } from '../../src/node/index.ts';

/** What is done instead of a call, or before it: it may throw, or never end. */
type Fault = (call: string) => unknown;

/** What a save of the session `s1` asks of it, in order. */
export const saving = [
  'open s1.json.tmp',
  'write s1.json.tmp',
  'sync s1.json.tmp',
  'close s1.json.tmp',
  'rename s1.json.tmp to s1.json',
  'open .',
  'sync .',
  'close .',
];

/** The file system of Node, which writes down what it has done, and fails when it is told to. */
export class RecordedFs implements FileSystem {
  /** Such as `sync s1.json.tmp`: names without the part that is made up; the directory itself is `.`. */
  readonly calls: string[] = [];
  fault: Fault = () => {};
  private readonly files = new Set<fs.FileHandle>();

  constructor(private readonly directory: string) {}

  /** Has a call fail from now on, as the system would. */
  fails(pattern: RegExp, code: string): void {
    this.fault = (call) => {
      if (pattern.test(call)) throw Object.assign(new Error(`${code}: planned, ${call}`), { code });
    };
  }

  /** Closes what a call that never ends has left open. */
  async end(): Promise<void> {
    for (const file of this.files) await file.close();
  }

  mkdir = (path: string, options: { mode: number }) =>
    this.does(`mkdir ${this.nameOf(path)}`, () => fs.mkdir(path, options));

  open = (path: string, flags: 'wx' | 'r', mode?: number): Promise<OpenFile> => {
    const name = this.nameOf(path);
    return this.does(`open ${name}`, async () => {
      const handle = await fs.open(path, flags, mode);
      this.files.add(handle);
      return {
        writeFile: (data, encoding) => this.does(`write ${name}`, () => handle.writeFile(data, encoding)),
        sync: () => this.does(`sync ${name}`, () => handle.sync()),
        // One that cannot be closed is none the less.
        close: async () => {
          this.files.delete(handle);
          await handle.close();
          return this.does(`close ${name}`, async () => {});
        },
      };
    });
  };

  readFile = (path: string, encoding: 'utf8') =>
    this.does(`read ${this.nameOf(path)}`, () => fs.readFile(path, encoding));
  readdir = (path: string) => this.does(`list ${this.nameOf(path)}`, () => fs.readdir(path));
  rename = (from: string, to: string) =>
    this.does(`rename ${this.nameOf(from)} to ${this.nameOf(to)}`, () => fs.rename(from, to));
  link = (existing: string, path: string) => this.does(`link ${this.nameOf(path)}`, () => fs.link(existing, path));
  unlink = (path: string) => this.does(`unlink ${this.nameOf(path)}`, () => fs.unlink(path));

  private async does<T>(call: string, work: () => Promise<T>): Promise<T> {
    await this.fault(call);
    const answer = await work();
    this.calls.push(call);
    return answer;
  }

  private readonly nameOf = (path: string): string =>
    relative(this.directory, path).replace(/\.[\da-f-]{36}/, '') || '.';
}
