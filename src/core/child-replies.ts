import { describe, messageOf } from './arguments.ts';
import { ok, refused } from './result.ts';
import { SupervisionError } from './supervision-error.ts';
import type { SupervisionErrorFields } from './supervision-error.ts';
import type { ChildCommand, ChildRefusalCode, ChildReply, StartAnswer } from './supervision-messages.ts';
import type { Child } from './supervision-state.ts';

export const done: ChildReply = ok(undefined);

export function started(child: Child, answer: StartAnswer): ChildReply {
  if (answer.type === 'failed') return refused(startFailed(child, answer.error));
  return ok({ id: child.spec.id, ref: answer.type === 'started' ? child.ref : undefined });
}

export function startFailed({ spec }: Child, cause: unknown): SupervisionError<'start_failed'> {
  return new SupervisionError('start_failed', `${named(spec.id)} failed to start: ${messageOf(cause)}`, { cause });
}

export const tooMany = (id: string, max: number): ChildReply =>
  refusal('max_children', `${named(id)} would be one too many: at most ${max} are allowed`, { id });

export function present({ spec: { id }, status, ref }: Child): ChildReply {
  if (status === 'running') return refusal('already_started', `${named(id)} is already running`, { id, ref });
  return refusal('already_present', `${named(id)} is already there, but does not run`, { id });
}

export function notFound({ id, ref }: ChildCommand): ChildReply {
  const message = ref === undefined ? `There is no child ${describe(id)}` : `No child has that ref, or last had it`;
  return refusal('not_found', message, { key: ref ?? id });
}

export function notStopped(command: ChildCommand, child: Child | undefined): ChildReply {
  if (child === undefined) return notFound(command);
  const { id } = child.spec;
  if (child.status === 'running') return refusal('running', `${named(id)} is running`, { id });
  return refusal('restarting', `${named(id)} is restarting`, { id });
}

export const stopping = (): ChildReply => refusal('stopping', 'The supervisor is shutting down', {});

const named = (id: string): string => `Child ${describe(id)}`;

function refusal<C extends ChildRefusalCode>(code: C, message: string, fields: SupervisionErrorFields[C]): ChildReply {
  return refused(new SupervisionError(code, message, fields));
}
