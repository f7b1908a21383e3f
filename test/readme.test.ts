import { createMachine } from 'xstate';
import type { SessionHostOptions, SupervisionErrorCode } from '../src/index.ts';
import { resolveSessionOptions } from '../src/session-options.ts';
import { quickStart, readme } from './support/document.ts';
import { hostEvents } from './support/host-events.ts';
import { evaluate, printed } from './support/program.ts';

afterEach(() => jest.restoreAllMocks());

describe('The README', () => {
  it('prints what it says that its quick start prints', async () => {
    const { program, output } = quickStart();

    expect(await printed(program)).toBe(output);
  });

  it('names every option of a host', () => {
    expect(readme.namesUnder('Options')).toEqual(Object.keys(options));
  });

  it.each(['maxSessions', 'onePerProject', 'restart', 'intensity', 'shutdown', 'stashLimit'] as const)(
    'states the default of %s',
    (option) => {
      const stated = new Map(readme.tableUnder('Options')).get(option)!;
      const resolved = resolveSessionOptions({ session: createMachine({}) });

      expect(evaluate(`return (${stated.slice(1, -1)});`)).toEqual(resolved[option]);
    },
  );

  it('names every event that a host hears', () => {
    expect(readme.namesUnder('Events')).toEqual(hostEvents);
  });

  it('names every code of a refusal', () => {
    expect(readme.namesUnder('Refusals')).toEqual(Object.keys(codes));
  });
});

const options: Record<keyof SessionHostOptions, true> = {
  session: true,
  input: true,
  maxSessions: true,
  onePerProject: true,
  restart: true,
  intensity: true,
  backoff: true,
  shutdown: true,
  config: true,
  projectPaths: true,
  access: true,
  stashLimit: true,
  store: true,
  persist: true,
  storeTimeoutMs: true,
  timers: true,
  restartFrom: true,
  poisonAfter: true,
  logicVersion: true,
  migrate: true,
  clock: true,
  now: true,
  generateId: true,
  random: true,
  logger: true,
  inspect: true,
};

/** Of calls that only a supervisor of children takes. */
type ChildCode = 'already_started' | 'already_present' | 'max_children' | 'running' | 'restarting' | 'invalid_spec';

const codes: Record<Exclude<SupervisionErrorCode, ChildCode>, true> = {
  missing_project_path: true,
  invalid_project_path: true,
  path_too_long: true,
  path_traversal_detected: true,
  path_not_absolute: true,
  path_not_found: true,
  path_not_directory: true,
  path_permission_denied: true,
  session_limit_reached: true,
  session_exists: true,
  project_already_open: true,
  invalid_session: true,
  immutable_field: true,
  start_failed: true,
  gave_up: true,
  not_found: true,
  no_sessions: true,
  managed: true,
  stopping: true,
  ask_timeout: true,
  actor_stopped: true,
  store_failed: true,
  store_locked: true,
  record_corrupt: true,
  record_too_new: true,
};
