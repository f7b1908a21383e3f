import { realpathSync } from 'node:fs';
import type { KeepingOptions, Session, SessionStore, SupervisionError } from '../../src/index.ts';
import { refusalOf } from './refusal-of.ts';
import type { Work } from './work.ts';

/**
 * How a host keeps its sessions. A command may write far more lines than a disk can take one by one: what a session is
 * gets written twice a second at most, and when a command is given or the host closes.
 *
 * @param version what the sessions do. One that was saved doing something else begins afresh, under its name
 */
export function keepingIn(store: SessionStore | undefined, version: string): KeepingOptions {
  if (store === undefined) return {};
  return {
    store,
    persist: { everyMs: 500 },
    logicVersion: version,
    migrate: (record) => ({ ...record, snapshot: null, timers: [] }),
  };
}

type Host = Work['host'];

/** Those that are saved and not open. */
export async function savedIn(host: Host): Promise<readonly Session[]> {
  const saved = await host.savedSessions();
  // Why they cannot be read is an event.
  return saved.ok ? saved.value.filter(({ id }) => !host.lookup(id).ok) : [];
}

/** Opens a project: what is saved of it goes on, else it begins. */
export async function openProject(host: Host, projectPath: string): Promise<SupervisionError | undefined> {
  const session = (await savedIn(host)).find(isOn(projectPath));
  return refusalOf<SupervisionError>(
    session === undefined ? await host.startSession({ projectPath }) : await host.resumeSession(session.id),
  );
}

/** Whether a session is on this project. */
export function isOn(projectPath: string): (session: Session) => boolean {
  const path = realPathOf(projectPath);
  return (session) => session.projectPath === path;
}

/** Deletes what is saved of a session that is not open; undefined: there is none of this id or name. */
export async function forget(host: Host, key: string): Promise<ReturnType<Host['forgetSession']> | undefined> {
  const saved = await savedIn(host);
  const session = saved.find(({ id }) => id === key) ?? saved.find(({ name }) => name === key);
  return session && host.forgetSession(session.id);
}

// As the host has it, which says itself what is wrong with a path.
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
