import { messageOf } from '../core/arguments.ts';
import type { Reply } from '../core/reply.ts';
import { ok, refused } from '../core/result.ts';
import { checkRecord } from '../core/session-record.ts';
import type { SessionRecord } from '../core/session-record.ts';
import { SupervisionError } from '../core/supervision-error.ts';
import type { Keeping } from '../keeping-options.ts';
import type { Clock } from '../xstate/internals.ts';
import { within } from './within.ts';

/** Makes records of another logic, or of another version of it, ones of the present logic, as the host's `migrate` says. */
export class RecordMigration {
  private readonly migrated = new WeakSet<SessionRecord>();

  constructor(
    private readonly keeping: Keeping,
    private readonly clock: Clock,
  ) {}

  async apply(record: SessionRecord): Promise<Reply<SessionRecord, 'start_failed'>> {
    const { logic, migrate, storeTimeoutMs } = this.keeping;
    const { id } = record.session;
    if (record.logic.id === logic.id && record.logic.version === logic.version) return ok(record);
    // One that begins afresh has nothing of the other logic in it.
    if (migrate === undefined && record.snapshot === null) return ok(this.note({ ...record, logic }));
    try {
      if (migrate === undefined) throw new Error('there is no migrate');
      // The starts that come after it wait for it.
      const given = await within(this.clock, storeTimeoutMs, 'migrate', () => migrate(record));
      const migrated = checkRecord({ ...given, logic }, id);
      if (!migrated.ok) throw migrated.error;
      return ok(this.note(migrated.value));
    } catch (cause) {
      const message =
        `The record of the session ${id} is of ${nameOf(record.logic)}, and cannot be made one of ${nameOf(logic)}: ` +
        messageOf(cause);
      return refused(new SupervisionError('start_failed', message, { cause }));
    }
  }

  private note(record: SessionRecord): SessionRecord {
    this.migrated.add(record);
    return record;
  }

  /** Whether a record is what it has made of one: then it is not what is in the store. */
  isMigrated(record: SessionRecord): boolean {
    return this.migrated.has(record);
  }
}

const nameOf = ({ id, version }: SessionRecord['logic']): string =>
  version === '' ? `the logic ${id}` : `version ${version} of the logic ${id}`;
