import { kindOf, type JsonObject } from './json-value.ts';
import { isAbsolutePath, isCanonicalPath } from './project-path.ts';
import { ok, refused, type Result } from './result.ts';
import type { Session } from './session.ts';
import { seal } from './sealed.ts';
import { isSessionId } from './session-id.ts';
import { isNameTooLong, isSessionName, MAX_NAME_LENGTH } from './session-name.ts';
import { summaryOf, SupervisionError, type Issue } from './supervision-error.ts';

/** What is to become a session: unknown values, but for a config that has been checked. */
export interface SessionDraft {
  readonly id: unknown;
  readonly name: unknown;
  readonly projectPath: unknown;
  readonly config: Result<JsonObject, readonly Issue[]>;
  readonly createdAt: unknown;
  readonly updatedAt: unknown;
}

export function sealSession<TConfig>(
  draft: SessionDraft,
): Result<Session<TConfig>, SupervisionError<'invalid_session'>> {
  const { id, name, projectPath, config, createdAt, updatedAt } = draft;
  if (
    isSessionId(id) &&
    isSessionName(name) &&
    !isNameTooLong(name) &&
    isCanonicalPath(projectPath) &&
    config.ok &&
    isTime(createdAt) &&
    isTime(updatedAt) &&
    updatedAt >= createdAt
  ) {
    // The schema's own word for what it put out.
    return ok(seal({ id, name, projectPath, config: config.value as TConfig, createdAt, updatedAt }));
  }
  const issues = issuesOf(draft);
  return refused(new SupervisionError('invalid_session', `The session is invalid: ${summaryOf(issues)}`, { issues }));
}

/** All that is wrong, in the order of the contract. */
function issuesOf({ id, name, projectPath, config, createdAt, updatedAt }: SessionDraft): Issue[] {
  const issues: Issue[] = [];
  const report = (code: string, rule: string, value: unknown) =>
    issues.push({ code, message: `${rule}, not ${kindOf(value)}` });

  if (!isSessionId(id)) report('invalid_id', 'id must be 1-128 of A-Z a-z 0-9 . _ - and not start with a dot', id);
  if (!isSessionName(name)) {
    report(
      'invalid_name',
      'name must be a text that is not blank, without control characters or lone surrogates',
      name,
    );
  }
  if (typeof name === 'string' && isNameTooLong(name)) {
    report('name_too_long', `name must have at most ${MAX_NAME_LENGTH} characters`, name);
  }
  const relative = typeof projectPath === 'string' && projectPath !== '' && !isAbsolutePath(projectPath);
  if (!isCanonicalPath(relative ? `/${projectPath}` : projectPath)) {
    report('invalid_project_path', `projectPath must be canonical (${canonical})`, projectPath);
  }
  if (relative) report('path_not_absolute', 'projectPath must be absolute', projectPath);
  if (!config.ok) issues.push(...config.error);
  if (!isTime(createdAt)) report('invalid_created_at', `createdAt must be ${aTime}`, createdAt);
  if (!isTime(updatedAt)) {
    report('invalid_updated_at', `updatedAt must be ${aTime}`, updatedAt);
  } else if (isTime(createdAt) && updatedAt < createdAt) {
    report('invalid_updated_at', `updatedAt must not be before createdAt (${createdAt})`, updatedAt);
  }
  return issues;
}

const canonical = 'no empty, "." or ".." segments, no NUL bytes or lone surrogates, at most 4096 bytes';

const aTime = 'an integer of milliseconds since the Unix epoch';

const latestDate = 8.64e15;

/** Up to the latest time that a `Date` holds. `-0` would come back from JSON as `0`. */
export const isTime = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= latestDate && !Object.is(value, -0);
