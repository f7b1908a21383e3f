import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { pageWith } from './page.ts';
import type { Run } from './page.ts';

const results = fileURLToPath(new URL('results.json', import.meta.url));
const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

/** Writes a whole run down: for programs, and for readers. */
export async function keep(run: Run): Promise<void> {
  await write(results, JSON.stringify(run));
  await write(page, pageWith(readFileSync(page, 'utf8'), run));
}

async function write(filepath: string, text: string): Promise<void> {
  const config = await resolveConfig(filepath);
  writeFileSync(filepath, await format(text, { ...config, filepath }));
}
