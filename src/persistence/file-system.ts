/** What the stores ask of a file system: `node:fs/promises` is one. Tests give their own, to see the order, or to fail. */
export interface FileSystem {
  mkdir(path: string, options: { readonly mode: number }): Promise<unknown>;
  open(path: string, flags: 'wx' | 'r', mode?: number): Promise<OpenFile>;
  readFile(path: string, encoding: 'utf8'): Promise<string>;
  readdir(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

/** An open file: a `FileHandle` of Node is one. */
export interface OpenFile {
  writeFile(data: string, encoding: 'utf8'): Promise<void>;
  /** Resolves once what was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const errnoOf = (error: unknown): unknown => (error as { readonly code?: unknown } | null)?.code;

/** The answer, or `undefined` where there is no such file. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
