import { field } from './core/field.ts';
import type { SessionInput } from './core/session.ts';

interface Fields {
  projectPath?: unknown;
  name?: unknown;
  config?: unknown;
  id?: unknown;
}

/** The command to start a session, with all that `source` says about it. */
export const startOf = (source: object) => copy<{ readonly type: string }>(source, { type: 'session.start' });

/** What of an object is a session's input. It may come from anywhere: what cannot be read is not there. */
export const inputOf = (source: object): SessionInput => copy(source, {}) as SessionInput;

function copy<T extends object>(source: object, to: T & Fields): T & Fields {
  const projectPath = field(source, 'projectPath');
  const name = field(source, 'name');
  const config = field(source, 'config');
  const id = field(source, 'id');
  if (projectPath !== undefined) to.projectPath = projectPath;
  if (name !== undefined) to.name = name;
  if (config !== undefined) to.config = config;
  if (id !== undefined) to.id = id;
  return to;
}
