import { createSession } from 'xstate-supervisor';
import type { Session } from 'xstate-supervisor';
import { newPaths } from './project-paths.ts';

/** Sessions that are in no registry yet. */
export function newSessions(count: number): Session[] {
  return newPaths(count).map((projectPath) => {
    const created = createSession({ projectPath });
    if (!created.ok) throw created.error;
    return created.value;
  });
}
