import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { guardian } from './guardian.ts';
import { processNotStarted } from './process-error.ts';
import { ProcessGroup } from './process-group.ts';
import type { ResolvedProcessOptions } from './process-options.ts';
import { whyNotStarted } from './why-not-started.ts';

export interface StartedProcess {
  readonly child: ChildProcess;
  /** The group that it leads, which is guarded from its first moment. */
  readonly group: ProcessGroup;
}

/** @throws ProcessError that says why it could not be started */
export function startProcess(options: ResolvedProcessOptions): StartedProcess {
  const { command, args, cwd, env, stdin } = options;
  if (process.platform === 'win32') {
    throw processNotStarted(command, 'there are no process groups on Windows', undefined);
  }
  const input = stdin === 'ignore' ? 'ignore' : 'pipe';
  const guarded = guardian.expect(env);
  let child: ChildProcess;
  try {
    child = spawn(command, args, { cwd, env: guarded, stdio: [input, 'pipe', 'pipe'], detached: true });
  } catch (error) {
    guardian.failed();
    throw whyNotStarted(options, error);
  }
  // It has no pid if the system refused it, of which Node tells only later.
  child.on('error', () => {});
  if (child.pid === undefined) {
    guardian.failed();
    throw whyNotStarted(options);
  }
  return { child, group: new ProcessGroup(child.pid) };
}
