import assert from 'node:assert/strict';
import { ask, createSessionHost } from '../../../src/index.ts';
import type { SessionHost, SessionHostOptions, SessionRef } from '../../../src/index.ts';
import { worker } from '../worker.ts';

export type Worker = typeof worker;
export type Host = SessionHost<Worker>;

/** A host in its first days. */
export interface Opened {
  readonly host: Host;
  readonly log: string[];
  start(id: string): Promise<SessionRef<Worker>>;
}

export const boom = (): never => {
  throw new Error('boom');
};
export const laterBoom = () => Promise.reject(new Error('later boom'));

export function open(options: Partial<SessionHostOptions<Worker>> = {}): Opened {
  const log: string[] = [];
  const host = createSessionHost<Worker>({
    session: worker,
    projectPaths: 'text',
    maxSessions: 100,
    logger: (line) => log.push(line),
    ...options,
  });
  const start = async (id: string) => {
    const opened = await host.startSession({ projectPath: `/projects/${id}`, id });
    if (!opened.ok) throw opened.error;
    return opened.value.ref;
  };
  return { host, log, start };
}

// What was put off, whether to a microtask, an immediate or a timer, happens now.
export async function drain(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve));
}

let probes = 0;

/** Every actor still does its work: runtime, registry, sessions, and each session that is open. */
export async function worksOn(host: Host): Promise<void> {
  await drain();
  for (const id of host.ids()) assert.equal(typeof (await ask(host.session(id)!, { type: 'ping' })), 'number');
  const id = `probe-${++probes}`;
  const opened = await host.startSession({ projectPath: `/projects/${id}`, id });
  assert(opened.ok, 'a session starts');
  const { ref } = opened.value;
  assert.equal(await ask(ref, { type: 'ping' }), 1);
  ref.send({ type: 'crash' });
  assert.equal(await ask(ref, { type: 'ping' }), 1, 'it is restarted');
  assert.deepEqual(await host.renameSession(id, 'renamed'), { ok: true, value: undefined });
  assert.equal(ref.getSnapshot().context.session.name, 'renamed', 'it hears of its change');
  assert.equal((await host.updateSession({ ...opened.value.session, name: 'updated' })).ok, true);
  assert(host.lookupByName('updated').ok);
  assert.deepEqual(await ask(host.actor, { type: 'registry.count' }), { ok: true, value: host.count() });
  const children = await ask(host.actor, { type: 'supervisor.which_children' });
  assert(children.ok && children.value.every((child) => child.status === 'running'));
  assert.equal((await host.restartSession(id)).ok, true);
  assert.equal((await host.stopSession(id)).ok, true);
  assert.equal(host.lookup(id).ok, false);
  await drain();
}

export async function worksOnAndCloses(host: Host): Promise<void> {
  await worksOn(host);
  await host.close();
  await drain();
}

// Until it has given up.
export function wearOut(ref: SessionRef<Worker>): void {
  for (let crash = 0; crash < 4; crash += 1) ref.send({ type: 'crash' });
}

export const childrenOf = async (host: Host) => {
  const children = await ask(host.actor, { type: 'supervisor.which_children' });
  assert(children.ok);
  return children.value.map((child) => child.ref!);
};

// A supervisor or a registry has no bug that a test could use.
export function crashActor(ref: object): void {
  const actor = ref as { logic: object; send(event: object): void };
  actor.logic = Object.assign(Object.create(actor.logic), { transition: boom });
  actor.send({ type: 'anything' });
}

/** What a host may do wrong, by name. Each fails by throwing, or by the death of the process. */
export type Misbehaviours = Readonly<Record<string, () => Promise<void>>>;
