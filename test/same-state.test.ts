import fc from 'fast-check';
import { isSameState } from '../src/core/same-state.ts';
import type { SessionRecord } from '../src/index.ts';
import { sampleRecord } from '../src/testing/sample-record.ts';

const record = sampleRecord('s1');
const timer = { source: '', target: '', event: { type: 'wake' }, id: 't1', delayMs: 100, dueAt: 1_000 };
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('Two records are of one state', () => {
  it('whenever they were made', () => {
    expect(isSameState(record, { ...copyOf(record), savedAt: record.savedAt + 1 })).toBe(true);
  });

  it('where a deadline was found anew, a little apart', () => {
    const at = (dueAt: number): SessionRecord => ({ ...record, timers: [{ ...timer, dueAt }] });
    expect(isSameState(at(1_000), at(1_004))).toBe(true);
    expect(isSameState(at(1_000), at(1_010))).toBe(false);
  });

  it.each<[string, Partial<SessionRecord>]>([
    ['session', { session: { ...record.session, name: 'another' } }],
    ['logic', { logic: { ...record.logic, version: 'another' } }],
    ['snapshot', { snapshot: null }],
    ['timers', { timers: [timer] }],
    ['incarnation', { incarnation: record.incarnation + 1 }],
    ['restarts', { restarts: [...record.restarts, 5] }],
    ['crashes', { crashes: 7 }],
    ['order', { order: 7 }],
  ])('but not where of their fields differs: %s', (_field, changed) => {
    expect(isSameState(record, { ...record, ...changed })).toBe(false);
    expect(isSameState({ ...record, ...changed }, record)).toBe(false);
  });

  it('exactly where their snapshots read the same as JSON, the order of keys included', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const same = fc
      .tuple(value, fc.boolean())
      .chain(([a, isCopy]) => fc.tuple(fc.constant(a), isCopy ? fc.constant(copyOf(a)) : value));
    fc.assert(
      fc.property(same, ([a, b]) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(isSameState({ ...record, snapshot: a }, { ...record, snapshot: b })).toBe(isSame);
      }),
    );
    const [one, other] = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ];
    expect(isSameState({ ...record, snapshot: one }, { ...record, snapshot: other })).toBe(false);
    expect(isSameState({ ...record, snapshot: [] }, { ...record, snapshot: {} })).toBe(false);
    expect(isSameState({ ...record, snapshot: { a: null } }, { ...record, snapshot: { a: {} } })).toBe(false);
  });
});
