import { createSession } from '../../src/core/session.ts';
import type { Session, SessionInput, SessionOptions, validateSession } from '../../src/core/session.ts';

export const at = (time: unknown) => ({ now: () => time as number });

export function made(input: Partial<SessionInput> = {}, options?: SessionOptions): Session {
  const created = createSession({ projectPath: '/home/me/shop', ...input }, { ...at(1000), ...options });
  if (!created.ok) throw created.error;
  return created.value;
}

export function codes(result: ReturnType<typeof validateSession>): string[] {
  return result.ok ? [] : result.error.issues.map((issue) => issue.code);
}

export const valid = { id: 'a', name: 'shop', projectPath: '/shop', config: {}, createdAt: 1, updatedAt: 2 };

export function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen);
}
