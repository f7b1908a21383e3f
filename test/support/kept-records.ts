import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The documents in the directory of a `fileStore`, each of one session. */
export const recordsIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(directory, name), 'utf8'));

/** Resolves once one session has all of this saved. */
export async function saved(directory: string, ...texts: string[]): Promise<void> {
  while (!recordsIn(directory).some((record) => texts.every((text) => record.includes(text)))) await pause(10);
}
