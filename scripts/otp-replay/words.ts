import type { Reply } from '../../src/core/reply.ts';
import type { ChildInfo, StartedChild } from '../../src/core/supervision-messages.ts';
import type { SupervisionErrorCode } from '../../src/core/supervision-error.ts';
import type { Observation, Op, RecordedSpec, Setting } from './scenario.ts';

/** What the recording calls a reply. */
export function wordFor(
  [type]: Op,
  kind: Setting['kind'],
  result: Reply<StartedChild | undefined, SupervisionErrorCode>,
): string {
  if (result.ok) {
    if (result.value === undefined) return 'ok';
    if (result.value.ref !== undefined) return 'ok_pid';
    return kind === 'dynamic' ? 'ignore' : 'ok_undefined';
  }
  if (result.error.code === 'start_failed') return type === 'restart' ? 'scripted' : 'start_error';
  return result.error.code;
}

/** How the recording shows the children. */
export function tableOf(kind: Setting['kind'], children: readonly ChildInfo[]): Observation['children'] {
  if (kind === 'dynamic') return children.filter(({ status }) => status === 'running').map(({ id }) => id);
  return children.map(({ id, status }) => [id, status === 'stopped' ? 'undefined' : status]);
}

/** The spec that an operation starts: a static supervisor has it among its own. */
export function specIn(spec: string | RecordedSpec, { children, extra }: Setting): RecordedSpec {
  if (typeof spec !== 'string') return spec;
  return [...children!, extra!].find(({ id }) => id === spec)!;
}
