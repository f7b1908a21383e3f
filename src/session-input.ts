import type { SessionInput } from './core/session.ts';
import { field } from './reply.ts';

/** What of an object is a session's input. It may come from anywhere: what cannot be read is not there. */
export function inputOf(source: object): SessionInput {
  const input: Record<string, unknown> = {};
  for (const name of ['projectPath', 'name', 'config', 'id']) {
    const value = field(source, name);
    if (value !== undefined) input[name] = value;
  }
  return input as unknown as SessionInput;
}
