import { resolveChildSpec } from '../child-spec.ts';
import type { ChildSpec, ResolvedChildSpec } from '../child-spec.ts';
import { describe, requireFunction, requireNumber, requireObject, requireOneOf } from '../core/arguments.ts';
import { resolveBackoff } from '../core/backoff.ts';
import type { BackoffOptions } from '../core/backoff.ts';
import { resolveIntensity } from '../core/intensity.ts';
import type { IntensityOptions } from '../core/intensity.ts';
import { summaryOf } from '../core/supervision-error.ts';
import type { AutoShutdown, Strategy, SupervisionFlags } from '../core/supervision-state.ts';
import { consoleLogger, safely } from '../logger.ts';
import type { Logger } from '../logger.ts';

/** What every supervisor may be told. */
export interface CommonSupervisorOptions {
  /** How many restarts, within how many milliseconds, before it gives up. By default 3 in 5000 (Elixir's). */
  readonly intensity?: IntensityOptions;
  /** Waits before each restart, longer each time. By default there is no wait, as in OTP. */
  readonly backoff?: BackoffOptions;
  /** For the jitter of the back-off: from 0 to 1. By default `Math.random`. */
  readonly random?: () => number;
  /** Hears of each crash, restart, give-up and failed listener. By default one line each on `console.error`. */
  readonly logger?: Logger;
}

export interface StaticSupervisorOptions extends CommonSupervisorOptions {
  /** Whom the crash of one child takes along. By default `'one_for_one'`: nobody. */
  readonly strategy?: Strategy;
  /** Whether it ends when a significant child has ended by itself, or the last of them has. By default `'never'`. */
  readonly autoShutdown?: AutoShutdown;
}

export interface ResolvedSupervisorOptions {
  readonly flags: SupervisionFlags;
  readonly logger: Logger;
}

/** @throws TypeError, RangeError that name the option */
export function resolveStaticOptions(options: StaticSupervisorOptions): ResolvedSupervisorOptions {
  requireObject('options', options);
  requireAbsent(options, 'maxChildren', 'a static supervisor has the children that it is given');
  const { strategy = 'one_for_one', autoShutdown = 'never' } = options;
  requireOneOf('strategy', strategy, ['one_for_one', 'one_for_all', 'rest_for_one']);
  requireOneOf('autoShutdown', autoShutdown, ['never', 'any_significant', 'all_significant']);
  return resolve(options, { kind: 'static', strategy, autoShutdown });
}

/** @throws TypeError, RangeError that name the option */
export function resolveDynamicOptions(
  options: CommonSupervisorOptions & { readonly maxChildren?: number },
): ResolvedSupervisorOptions {
  requireObject('options', options);
  requireAbsent(options, 'children', 'those of a dynamic supervisor come by child.start');
  requireAbsent(options, 'strategy', 'a dynamic supervisor is always one_for_one');
  requireAbsent(options, 'autoShutdown', 'a dynamic supervisor never shuts itself down');
  const { maxChildren = Infinity } = options;
  if (maxChildren !== Infinity) requireNumber('maxChildren', maxChildren, 0, 'integer');
  return resolve(options, { kind: 'dynamic', maxChildren });
}

function resolve(
  { intensity, backoff, random = Math.random, logger = consoleLogger }: CommonSupervisorOptions,
  flags: Omit<SupervisionFlags, 'intensity'>,
): ResolvedSupervisorOptions {
  requireFunction('random', random);
  requireFunction('logger', logger);
  const delays = backoff === undefined ? undefined : resolveBackoff(backoff);
  return {
    flags: { ...flags, random, intensity: resolveIntensity(intensity, delays), ...(delays && { backoff: delays }) },
    logger: safely(logger),
  };
}

// Of another kind of supervisor: to ignore it would be to let somebody believe in it.
function requireAbsent(options: object, name: string, why: string): void {
  const given = (options as Record<string, unknown>)[name];
  if (given !== undefined) throw new TypeError(`${name} must not be given, as ${describe(given)}: ${why}`);
}

/**
 * Checks all specs, before any child starts.
 *
 * @throws TypeError that names the child and the field
 */
export function resolveChildren(children: unknown, autoShutdown: AutoShutdown): ResolvedChildSpec[] {
  if (!Array.isArray(children)) throw new TypeError(`children must be an array, not ${describe(children)}`);
  const ids = new Set<string>();
  return children.map((child: ChildSpec, index) => {
    const spec = resolveChildSpec(child, autoShutdown);
    if (!spec.ok) throw new TypeError(`children[${index}]: ${summaryOf(spec.error.issues)}`, { cause: spec.error });
    const { id } = spec.value;
    if (ids.has(id)) throw new TypeError(`children[${index}]: id ${describe(id)} is taken by another child`);
    ids.add(id);
    return spec.value;
  });
}
