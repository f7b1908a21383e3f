import type { AnyActorLogic, InputFrom } from 'xstate';
import { checkDirectory } from '#directory';
import {
  describe,
  messageOf,
  requireBoolean,
  requireFunction,
  requireNumber,
  requireObject,
  requireOneOf,
} from './core/arguments.ts';
import { resolveBackoff } from './core/backoff.ts';
import type { Backoff, BackoffOptions } from './core/backoff.ts';
import type { RestartType } from './core/child-spec.ts';
import type { ConfigOptions } from './core/config-schema.ts';
import { validateConfigOptions } from './core/config-schema.ts';
import { resolveIntensity } from './core/intensity.ts';
import type { Intensity, IntensityOptions } from './core/intensity.ts';
import { checkProjectPath } from './core/project-path.ts';
import type { ProjectPathRefusal } from './core/project-path.ts';
import type { Reply } from './core/reply.ts';
import { ok, refused } from './core/result.ts';
import type { Session, SessionOptions } from './core/session.ts';
import { isSupervisionError, SupervisionError } from './core/supervision-error.ts';
import { resolveKeeping } from './keeping-options.ts';
import type { Keeping, KeepingOptions } from './keeping-options.ts';
import { consoleLogger, safely } from './logger.ts';
import type { Logger } from './logger.ts';
import { requireShutdown } from './shutdown.ts';
import type { Shutdown } from './shutdown.ts';
import { isSupervisor, requireLogic } from './logic.ts';

type PathChecked = Reply<string, ProjectPathRefusal | 'start_failed'>;

/** Options of `sessionRuntime`, and of `createSessionHost`, which adds `clock` and `inspect`. */
export type SessionRuntimeOptions<
  TLogic extends AnyActorLogic = AnyActorLogic,
  TConfig = Record<string, unknown>,
> = Options<TLogic, TConfig> & KeepingOptions & RequiredInput<TLogic, TConfig>;

type InputMapper<TLogic extends AnyActorLogic, TConfig> = (args: {
  readonly session: Session<TConfig>;
}) => InputFrom<TLogic>;

// A logic whose input cannot be `{ session }` needs one made for it.
type RequiredInput<TLogic extends AnyActorLogic, TConfig> =
  { readonly session: Session<TConfig> } extends InputFrom<TLogic>
    ? {}
    : { readonly input: InputMapper<TLogic, TConfig> };

interface Options<TLogic extends AnyActorLogic, TConfig> {
  /** What a session is: any XState actor logic. */
  readonly session: TLogic;
  /** Makes a session's input, at each start and restart. By default `{ session }`. */
  readonly input?: InputMapper<TLogic, TConfig>;
  /** How many sessions may be open at once. By default 10. */
  readonly maxSessions?: number;
  /** Whether a project path may be open only once. By default it may. */
  readonly onePerProject?: boolean;
  /** When a session is restarted. By default `'transient'`: after a crash. */
  readonly restart?: RestartType;
  /** How many restarts, within how many milliseconds, before a session gives up. By default 3 in 5000 (Elixir's). */
  readonly intensity?: IntensityOptions;
  /** Waits before each restart, longer each time. By default there is no wait, as in OTP. */
  readonly backoff?: BackoffOptions;
  /** How long a session may take to end gracefully. By default 5000 ms; `'infinity'` for a session tree. */
  readonly shutdown?: Shutdown;
  /** The schema (Standard Schema) and the default of a session's `config`. */
  readonly config?: ConfigOptions<TConfig>;
  /** How a project path is checked: on disk (in Node, the default), as text, or by a function of yours. */
  readonly projectPaths?: 'directory' | 'text' | ((path: string) => PathChecked | Promise<PathChecked>);
  /** What the host must be allowed to do in a project directory. By default `'read'`. */
  readonly access?: 'read' | 'write';
  /** How many events wait while a session is down. By default 1000. */
  readonly stashLimit?: number;
  /** The wall clock, in milliseconds: for a session's times only. By default `Date.now`. */
  readonly now?: () => number;
  /** Makes the id of a session that is given none. By default a UUID v4. */
  readonly generateId?: () => string;
  /** For the jitter of the back-off: from 0 to 1. By default `Math.random`. */
  readonly random?: () => number;
  /** Hears of each crash, restart, give-up and failed listener. By default one line each on `console.error`. */
  readonly logger?: Logger;
}

/** The same, checked once, with every default in place. */
export interface ResolvedSessionOptions {
  readonly session: AnyActorLogic;
  readonly input: (args: { readonly session: Session }) => unknown;
  readonly maxSessions: number;
  readonly onePerProject: boolean;
  readonly restart: RestartType;
  readonly intensity: Intensity;
  readonly backoff: Backoff | undefined;
  readonly shutdown: Shutdown;
  readonly checkPath: (path: unknown) => PathChecked | Promise<PathChecked>;
  readonly stashLimit: number;
  readonly keeping: Keeping | undefined;
  readonly values: SessionOptions;
  /** No id that it makes has been there before. */
  readonly makesNewIds: boolean;
  readonly random: () => number;
  readonly logger: Logger;
}

/** @throws TypeError, RangeError that name the option */
export function resolveSessionOptions<TLogic extends AnyActorLogic, TConfig>(
  options: SessionRuntimeOptions<TLogic, TConfig>,
): ResolvedSessionOptions {
  requireObject('options', options);
  const {
    session,
    input = (given: { readonly session: Session }) => given,
    maxSessions = 10,
    onePerProject = true,
    restart = 'transient',
    projectPaths = 'directory',
    access = 'read',
    stashLimit = 1000,
    shutdown = isSupervisor(session) ? 'infinity' : 5000,
    now = Date.now,
    generateId = () => crypto.randomUUID(),
    random = Math.random,
    logger = consoleLogger,
  } = options;
  requireLogic('session', session);
  requireFunction('input', input);
  if (maxSessions !== Infinity) requireNumber('maxSessions', maxSessions, 0, 'integer');
  requireBoolean('onePerProject', onePerProject);
  requireOneOf('restart', restart, ['permanent', 'transient', 'temporary']);
  if (typeof projectPaths !== 'function') requireOneOf('projectPaths', projectPaths, ['directory', 'text']);
  requireOneOf('access', access, ['read', 'write']);
  if (stashLimit !== Infinity) requireNumber('stashLimit', stashLimit, 0, 'integer');
  for (const [name, value] of Object.entries({ now, generateId, random, logger })) requireFunction(name, value);
  requireShutdown('shutdown', shutdown);
  const backoff = options.backoff === undefined ? undefined : resolveBackoff(options.backoff);
  const intensity = resolveIntensity(options.intensity, backoff);
  return {
    session,
    input: input as ResolvedSessionOptions['input'],
    maxSessions,
    onePerProject,
    restart,
    intensity,
    backoff,
    shutdown,
    checkPath: pathCheck(projectPaths, access),
    stashLimit,
    keeping: resolveKeeping(options, session),
    values: { now, generateId, config: validateConfigOptions(options.config) as SessionOptions['config'] },
    makesNewIds: options.generateId === undefined,
    random,
    logger: safely(logger),
  };
}

function pathCheck(
  projectPaths: NonNullable<SessionRuntimeOptions['projectPaths']>,
  access: 'read' | 'write',
): ResolvedSessionOptions['checkPath'] {
  if (projectPaths === 'text') return checkProjectPath;
  if (projectPaths === 'directory') return (path) => checkDirectory(path, access);
  return (path) => {
    // A function of the host's may make a relative path absolute, but it shall be given a path.
    const text = checkProjectPath(path);
    if (!text.ok && text.error.code !== 'path_not_absolute' && text.error.code !== 'path_traversal_detected')
      return text;
    const failed = (cause: unknown) =>
      refused(
        new SupervisionError('start_failed', `projectPaths failed for ${describe(path)}: ${messageOf(cause)}`, {
          cause,
        }),
      );
    const checked = (result: PathChecked): PathChecked => {
      if (result?.ok === true) return ok(result.value);
      if (result?.ok === false && isSupervisionError(result.error)) return refused(result.error);
      return failed(new TypeError(`it returned ${describe(result)}, which is no Result`));
    };
    try {
      const result = projectPaths(path as string);
      // A thenable may be of any make: only a real promise answers once, and rejects for all that goes wrong.
      return 'then' in result ? Promise.resolve(result).then(checked).catch(failed) : checked(result);
    } catch (error) {
      return failed(error);
    }
  };
}
