import { ask, isSupervisionError } from '../../src/index.ts';
import type { SupervisionError } from '../../src/index.ts';
import { refusalOf } from './refusal-of.ts';
import type { RunHost } from './run-tree.ts';

/**
 * Restarts the process of a session by hand: free of charge, also while it waits for its back-off, and nothing else in
 * the tree is touched. Who asks while the old one still takes its time to end is content with the new one.
 */
export function processRestarts(host: RunHost): (id: string) => Promise<SupervisionError | undefined> {
  const pending = new Map<string, Promise<SupervisionError | undefined>>();
  return (id) => {
    const begun = pending.get(id);
    if (begun !== undefined) return begun;
    const restart = restartProcess(host, id).finally(() => pending.delete(id));
    pending.set(id, restart);
    return restart;
  };
}

async function restartProcess(host: RunHost, id: string): Promise<SupervisionError | undefined> {
  const tree = host.session(id);
  if (tree === undefined) return undefined;
  try {
    // A supervisor does one thing after the other: nothing comes between these two.
    const answers = await Promise.all([
      ask(tree, { type: 'child.terminate', id: 'process' }),
      ask(tree, { type: 'child.restart', id: 'process' }),
    ]);
    return answers.map(refusalOf<SupervisionError>).find((refusal) => refusal !== undefined);
  } catch (error) {
    // The session has ended meanwhile.
    if (isSupervisionError(error)) return error;
    throw error;
  }
}
