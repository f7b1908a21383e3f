import fc from 'fast-check';
import type { SessionRecord } from '../src/index.ts';
import { recordFrom, recordText } from '../src/persistence/record-text.ts';
import { sampleRecord } from '../src/testing/sample-record.ts';

const snapshots = fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()));
const records = snapshots.map((snapshot) => sampleRecord('s1', { snapshot }));

const asJson = (record: SessionRecord): unknown => JSON.parse(JSON.stringify(record));

const reasonOf = (text: string, id = 's1'): unknown => {
  const read = recordFrom(text, id);
  return read.ok ? 'nothing' : read.error.code === 'record_corrupt' ? read.error.reason : read.error.code;
};

describe('The text of a record', () => {
  it('is a document that a person reads, with the checksum at its end', () => {
    const lines = recordText(sampleRecord('s1'), 2).split('\n');

    expect(lines.slice(0, 4)).toEqual(['{', '  "format": 1,', '  "session": {', '    "id": "s1",']);
    expect(lines.slice(-3)).toEqual([expect.stringMatching(/^ {2}"checksum": "sha256:[\da-f]{64}"$/), '}', '']);
  });

  it('gives the record back', () => {
    fc.assert(
      fc.property(records, fc.constantFrom(0, 2), (record, indent) => {
        expect(recordFrom(recordText(record, indent), 's1')).toEqual({ ok: true, value: asJson(record) });
      }),
    );
  });

  it('may be laid out anew', () => {
    const record = sampleRecord('s1');
    const text = recordText(record, 2);

    for (const anew of [text.replaceAll('\n', '\r\n'), text.trim(), JSON.stringify(JSON.parse(text))]) {
      expect(recordFrom(anew, 's1')).toEqual({ ok: true, value: record });
    }
  });

  it('tells of any byte that is changed, lost or added, unless the record is the same', () => {
    const byte = fc.nat({ max: 255 });
    fc.assert(
      fc.property(
        records,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        byte,
        (record, where, other) => {
          const bytes = Buffer.from(recordText(record, 2));
          const at = Math.floor(where * bytes.length);
          const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
          const damaged = [
            [before, Buffer.of(other), after.subarray(1)],
            [before, after.subarray(1)],
            [before, Buffer.of(other), after],
          ];
          for (const parts of damaged) {
            const read = recordFrom(Buffer.concat(parts).toString(), 's1');
            if (read.ok) expect(JSON.stringify(read.value)).toBe(JSON.stringify(asJson(record)));
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('tells of any end that is cut off', () => {
    const text = recordText(sampleRecord('s1'), 2);
    for (let length = 0; length < text.trimEnd().length; length += 1) {
      expect(recordFrom(text.slice(0, length), 's1')).toMatchObject({ error: { code: 'record_corrupt' } });
    }
  });

  it.each([
    ['', 'it is empty'],
    ['\0\0\0\0', expect.stringMatching(/^it is no JSON \(SyntaxError: /)],
    ['[]', 'it is an array, not an object'],
    ['null', 'it is null, not an object'],
    ['"text"', 'it is "text", not an object'],
    [JSON.stringify(sampleRecord('s1')), 'it has no checksum'],
    [recordText(sampleRecord('s1'), 2).replace('hello', 'hallo'), 'its content does not match its checksum'],
    [recordText(sampleRecord('s2'), 2), 'it is of the session s2'],
    ['{ "format": 2, "checksum": "of another kind" }', 'record_too_new'],
  ])('says what is wrong with %j', (text, reason) => {
    expect(reasonOf(text)).toEqual(reason);
  });

  it('is of what was checked, whatever else a record has and says', () => {
    let times = 0;
    const snapshot = { toJSON: () => (times += 1) };
    const record = { ...sampleRecord('s1', { snapshot }), checksum: 'mine', more: 1 };

    const read = recordFrom(recordText(record, 2), 's1');
    expect(read).toEqual({ ok: true, value: sampleRecord('s1', { snapshot: 1 }) });
  });

  it.each([0, 2])('asks a value only once what it is as JSON, with an indent of %d', (indent) => {
    let times = 0;
    const snapshot = { context: { 2: 'b', 1: 'a', count: { toJSON: () => (times += 1) }, gone: undefined } };

    const read = recordFrom(recordText(sampleRecord('s1', { snapshot, timers: [] }), indent), 's1');
    expect(read).toEqual({
      ok: true,
      value: sampleRecord('s1', { snapshot: { context: { 1: 'a', 2: 'b', count: 1 } }, timers: [] }),
    });
  });

  it('is not made of what could not be read again', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;

    expect(() => recordText(sampleRecord('s1', { incarnation: 0 }), 2)).toThrow(/incarnation must be/);
    expect(() => recordText(sampleRecord('s1', { snapshot: circular }), 2)).toThrow(/circular/);
  });
});
