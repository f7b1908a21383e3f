import { SupervisorActor } from '../src/supervisor/supervisor-actor.ts';
import { resolveDynamicOptions } from '../src/supervisor/supervisor-options.ts';
import type { CommonSupervisorOptions } from '../src/supervisor/supervisor-options.ts';
import { supervisorMachine } from './supervisor.ts';
import type { SupervisorLogic } from './supervisor.ts';

/** Options of `dynamicSupervisor`. */
export interface DynamicSupervisorOptions extends CommonSupervisorOptions {
  /** How many children it may have; one that is restarting holds its place. By default as many as there come. */
  readonly maxChildren?: number;
}

/**
 * Actor logic of a supervisor whose children come and go: each is started by `child.start`, and all are stopped at
 * once. What a start, a stop or a crash costs does not depend on how many children there are.
 *
 * @throws TypeError, RangeError that name the bad option
 * @example
 * const jobs = createActor(dynamicSupervisor({ maxChildren: 100 })).start();
 * const started = await ask(jobs, { type: 'child.start', spec: { id: 'job-1', src: jobMachine, restart: 'transient' } });
 */
export function dynamicSupervisor(options: DynamicSupervisorOptions = {}): SupervisorLogic {
  const { flags, logger } = resolveDynamicOptions(options);
  return supervisorMachine('dynamic-supervisor', logger, (self) => ({
    supervisor: new SupervisorActor(self, { flags, children: [], logger }),
  }));
}
