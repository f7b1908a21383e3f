import { createSession } from '../core/session.ts';
import { RECORD_FORMAT } from '../core/session-record.ts';
import type { SessionRecord } from '../core/session-record.ts';

/** A record of a session that has done something. */
export function sampleRecord(id: string, fields: Partial<SessionRecord> = {}): SessionRecord {
  const created = createSession({ id, projectPath: '/p/shop', config: { model: 'small' } }, { now: () => 1_000 });
  if (!created.ok) throw created.error;
  return {
    format: RECORD_FORMAT,
    session: created.value,
    logic: { id: 'chat', version: '1' },
    snapshot: { status: 'active', value: { open: 'idle' }, context: { messages: ['hello'] }, children: {} },
    timers: [{ source: id, target: id, event: { type: 'wake' }, id: 'alarm', delayMs: 60_000, dueAt: 61_000.5 }],
    incarnation: 2,
    restarts: [1_500, 1_700.25],
    savedAt: 2_000,
    ...fields,
  };
}
