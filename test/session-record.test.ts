import { checkRecord } from '../src/core/session-record.ts';
import { sampleRecord } from '../src/testing/sample-record.ts';

const record = sampleRecord('s1');
const [timer] = record.timers;

/** What is said of a record with these fields instead. */
function reasonOf(fields: object): unknown {
  const checked = checkRecord({ ...record, ...fields }, 's1');
  if (checked.ok) return 'nothing';
  return checked.error.code === 'record_corrupt' ? checked.error.reason : checked.error.code;
}

describe('a record', () => {
  it('is taken as it is, without the fields that it does not have', () => {
    const checked = checkRecord({ ...record, extra: 1, timers: [{ ...timer, extra: 1 }] }, 's1');

    expect(checked).toEqual({ ok: true, value: record });
  });

  it('is a copy, with the snapshot that there is', () => {
    const checked = checkRecord(record, 's1');

    expect(checked.ok && checked.value.timers).not.toBe(record.timers);
    expect(checked.ok && checked.value.snapshot).toBe(record.snapshot);
  });

  it.each([undefined, null, 1, 'text', [], true])('is no record: %j', (value) => {
    expect(checkRecord(value, 's1')).toMatchObject({ ok: false, error: { code: 'record_corrupt', id: 's1' } });
  });

  it.each([2, 7, Number.MAX_SAFE_INTEGER])('of the format %d is too new, whatever else is in it', (format) => {
    expect(checkRecord({ format }, 's1')).toMatchObject({ error: { code: 'record_too_new', id: 's1', format } });
  });

  it.each([
    [{ format: 0 }, 'format must be 1, not 0'],
    [{ format: 1.5 }, 'format must be 1, not 1.5'],
    [{ format: '2' }, 'format must be 1, not "2"'],
    [{ format: undefined }, 'format is missing'],
    [{ session: { ...record.session, id: 's2' } }, 'it is of the session s2'],
    [{ session: { ...record.session, name: '' } }, expect.stringMatching(/^name must be/)],
    [{ session: undefined }, expect.stringMatching(/^id must be/)],
    [{ logic: [] }, 'logic must be an object, not an array'],
    [{ logic: { version: '1' } }, 'logic.id is missing'],
    [{ logic: { id: 'chat', version: 1 } }, 'logic.version must be a string, not 1'],
    [{ snapshot: undefined }, 'snapshot is missing'],
    [{ timers: {} }, 'timers must be an array, not an object'],
    [{ timers: [timer, null] }, 'timers[1] must be an object, not null'],
    [{ timers: [{ ...timer, source: 1 }] }, 'timers[0].source must be a string, not 1'],
    [{ timers: [{ ...timer, target: undefined }] }, 'timers[0].target must be a string, not undefined'],
    [{ timers: [{ ...timer, id: null }] }, 'timers[0].id must be a string, not null'],
    [{ timers: [{ ...timer, event: {} }] }, 'timers[0].event must be an object with a type'],
    [{ timers: [{ ...timer, delayMs: -1 }] }, 'timers[0].delayMs must be a number of milliseconds, not -1'],
    [{ timers: [{ ...timer, dueAt: '5' }] }, 'timers[0].dueAt must be a number of milliseconds, not "5"'],
    [{ incarnation: 0 }, 'incarnation must be an integer of at least 1, not 0'],
    [{ incarnation: 1.5 }, 'incarnation must be an integer of at least 1, not 1.5'],
    [{ restarts: 3 }, 'restarts must be an array, not 3'],
    [{ restarts: [1, NaN] }, 'restarts[1] must be a number of milliseconds, not NaN'],
    [{ savedAt: 1.5 }, 'savedAt must be an integer of milliseconds since the Unix epoch, not 1.5'],
    [{ savedAt: undefined }, 'savedAt is missing'],
  ])('is corrupt with %j', (fields, reason) => {
    expect(reasonOf(fields)).toEqual(reason);
  });

  it('may have a snapshot that is null, and no timers and restarts', () => {
    expect(reasonOf({ snapshot: null, timers: [], restarts: [] })).toBe('nothing');
  });
});
