/** Uses a session store in a process of its own, until it is killed, and tells what it does: a line of JSON each. */
import { writeSync } from 'node:fs';
import { lmdbStore } from '../../src/lmdb/index.ts';
import { fileStore } from '../../src/node/index.ts';
import { sampleRecord } from '../../src/testing/sample-record.ts';

const [kind, directory, deed] = process.argv.slice(2) as ['files' | 'lmdb', string, 'hold' | 'save' | 'fill'];
const store = kind === 'files' ? fileStore({ directory }) : lmdbStore({ path: directory });
const tell = (what: object) => writeSync(1, `${JSON.stringify(what)}\n`);
const sized = (id: string, savedAt: number) => sampleRecord(id, { savedAt, snapshot: `${savedAt} `.repeat(5_000) });

void main();

async function main(): Promise<void> {
  await store.list();
  tell({ opened: process.pid });
  if (deed === 'hold') setInterval(() => {}, 1_000_000);
  if (deed === 'save') await Promise.all(['s1', 's2'].map(saveForEver));
  if (deed === 'fill') await fill();
}

async function saveForEver(id: string): Promise<void> {
  for (let savedAt = 1; ; savedAt += 1) {
    await store.save(sized(id, savedAt));
    tell({ id, savedAt });
  }
}

/** Saves until it is refused, and then looks at what there is. */
async function fill(): Promise<void> {
  const saved: string[] = [];
  let refusal: any;
  for (let number = 1; refusal === undefined && number < 1_000; number += 1) {
    const id = `s${number}`;
    // Each larger than the one before: also where it is the size of a file that is limited.
    const record = sampleRecord(id, { snapshot: 'x'.repeat(1_000 * number) });
    await store.save(record).then(
      () => saved.push(id),
      (error: unknown) => (refusal = error),
    );
  }
  const loaded = await Promise.all(saved.map((id) => store.load(id)));
  const overwritten = await store.save(sampleRecord('s1', { snapshot: 'x'.repeat(2_000_000) })).then(
    () => 'saved',
    ({ code }) => code,
  );
  const s1 = await store.load('s1');
  tell({
    saved: saved.length,
    listed: (await store.list()).length,
    allLoaded: loaded.every(({ ok }) => ok),
    code: refusal.code,
    cause: refusal.cause.code ?? String(refusal.cause),
    overwritten,
    oldIsThere: s1.ok && s1.value.snapshot === 'x'.repeat(1_000),
  });
  await store.close();
}
