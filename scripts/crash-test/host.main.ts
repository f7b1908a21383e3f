/** The hosts that are killed: they do what they are told on standard input, and tell what has come of it. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import type { AnyActorRef } from 'xstate';
import { ask, createSessionHost } from '../../src/index.ts';
import type { SessionHost, SupervisionError } from '../../src/index.ts';
import { lmdbStore } from '../../src/lmdb/index.ts';
import { fileStore } from '../../src/node/index.ts';
import { dying } from './dying-store.ts';
import { flawed } from './flawed-store.ts';
import { ledger, ledgers } from './ledger.ts';
import { forms, ledgersOf } from './protocol.ts';
import type { Form, Order, Question, Report, SavedState, Settings } from './protocol.ts';

const settings = JSON.parse(process.argv[2]!) as Settings;

// At once, also where the process is killed next.
const tell = (report: Report) => writeSync(1, `${JSON.stringify(report)}\n`);
const failed = ({ code, message }: { code?: string; message: string }) =>
  tell({ type: 'failed', code: code ?? 'thrown', message });

const logics = { plain: ledger, tree: ledgers };
const hosts = Object.fromEntries(forms.map((form) => [form, open(form)])) as Record<Form, SessionHost>;

void main();

async function main(): Promise<void> {
  const [plain, tree] = await Promise.all([resume('plain'), resume('tree')]);
  tell({ type: 'ready', sessions: { plain, tree } });
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const order = JSON.parse(line) as Order;
    if (order.type === 'note') ledgerIn(order)?.send({ type: 'note', n: order.n });
    else if (order.type !== 'close') void answer(order);
    else void close().then(() => process.stdin.destroy());
  });
}

function open(form: Form): SessionHost {
  const directory = join(settings.directory, form);
  let store = settings.store === 'file' ? fileStore({ directory }) : lmdbStore({ path: directory });
  if (settings.flaw !== undefined) store = flawed(store, settings.flaw);
  if (settings.dieAt !== undefined) store = dying(store, settings.dieAt);
  const host = createSessionHost({
    session: logics[form],
    store,
    persist: 'each',
    storeTimeoutMs: 30_000,
    projectPaths: 'text',
    logger() {},
  });
  host.on('session.started', ({ type, session }) => tell({ type: 'announced', form, event: type, session }));
  host.on('session.updated', ({ type, session }) => tell({ type: 'announced', form, event: type, session }));
  host.on('store.failed', ({ error }) => failed(error));
  host.on('session.crashed', ({ error }) => failed(error as Error));
  host.on('session.failed', ({ error }) => failed(error));
  host.on('host.failed', ({ error }) => failed(error as Error));
  return host;
}

async function resume(form: Form): Promise<SavedState[]> {
  const host = hosts[form];
  const all = await host.resumeAll();
  if (!all.ok) {
    failed(all.error);
    return [];
  }
  for (const { error } of all.value.refused) failed(error);
  // Timers that were overdue have fired by then. Where Node was held up, one that comes later may fire first, but once.
  for (let turn = 0; turn < 3; turn += 1) await setTimeout(5);
  const states = host.list().map(async (session) => {
    const read = ledgersOf[form].map(async (name) => {
      const state = await ask(ledgerIn({ form, id: session.id, ledger: name })!, { type: 'read' });
      return [name, state] as const;
    });
    return { session, ledgers: Object.fromEntries(await Promise.all(read)) };
  });
  return Promise.all(states);
}

function ledgerIn({ form, id, ledger }: { form: Form; id: string; ledger: string }): AnyActorRef | undefined {
  const host = hosts[form];
  return form === 'plain' ? host.session(id) : host.whereis(id, ledger);
}

async function answer(order: Question & { readonly number: number }): Promise<void> {
  const { number } = order;
  try {
    tell({ type: 'answer', number, answer: { ok: true, value: await act(order) } });
  } catch (error) {
    const { code = 'thrown', message } = error as Partial<SupervisionError> & Error;
    tell({ type: 'answer', number, answer: { ok: false, code, message } });
  }
}

async function act(order: Question): Promise<unknown> {
  const { form, id } = order;
  const host = hosts[form];
  switch (order.type) {
    case 'start': {
      const { generation } = order;
      const started = await host.startSession({ projectPath: `/projects/${id}`, id, config: { generation } });
      if (!started.ok) throw started.error;
      return started.value.session;
    }
    case 'ask': {
      const ref = ledgerIn({ form, id, ledger: order.ledger });
      if (ref === undefined) throw new Error(`There is no session ${id}`);
      return ask(ref, order.event as never, { timeoutMs: 60_000 });
    }
    case 'stop':
    case 'rename':
    case 'configure': {
      const done = await change(host, order);
      if (!done.ok) throw done.error;
      return undefined;
    }
  }
}

function change(host: SessionHost, order: Extract<Question, { type: 'stop' | 'rename' | 'configure' }>) {
  switch (order.type) {
    case 'stop':
      return host.stopSession(order.id);
    case 'rename':
      return host.renameSession(order.id, order.name);
    case 'configure':
      return host.configureSession(order.id, order.config);
  }
}

async function close(): Promise<void> {
  await Promise.all(forms.map((form) => hosts[form].close()));
  tell({ type: 'closed' });
}
