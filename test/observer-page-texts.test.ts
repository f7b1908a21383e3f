import { eventOf } from '../src/observer/page/actions/event-payload.ts';
import { growth } from '../src/observer/page/counters/counter-history.ts';
import { entriesOf, summaryOf } from '../src/observer/page/json/json-summary.ts';
import { hashOf, routeOf } from '../src/observer/page/route.ts';
import { statePaths } from '../src/observer/page/session/state-paths.ts';
import { bytesText, millisecondsText, plural } from '../src/observer/page/text/amount-text.ts';
import { clockText, countdownText, spanText, uptimeText } from '../src/observer/page/text/time-text.ts';

describe('The page writes', () => {
  it('how long something has been going on', () => {
    const texts = [-5, 0, 59_999, 60_000, 200_000, 3_600_000, 90_061_000].map(uptimeText);
    expect(texts).toEqual(['0s', '0s', '59s', '1m 0s', '3m 20s', '1h 0m', '1d 1h']);
  });

  it('how long until something is due', () => {
    expect([-1, 0, 1, 1401, 9950, 12_000].map(countdownText)).toEqual(['now', 'now', '0.1s', '1.5s', '10.0s', '12s']);
  });

  it('how long something is meant to take', () => {
    expect([0, 250, 5000, 1500, 600_000, 7_200_000].map(spanText)).toEqual([
      '0 ms',
      '250 ms',
      '5 s',
      '1.5 s',
      '10 min',
      '2 h',
    ]);
  });

  it('the time of the day to the millisecond', () => {
    expect(clockText(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe('03:04:05.006');
  });

  it('bytes to three digits', () => {
    expect([0, 999, 999.6, 1000, 12_345, 123_456_789, 99_960, 9.996e6, 5e12, 5e15].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '1.00 kB',
      '12.3 kB',
      '123 MB',
      '100 kB',
      '10.0 MB',
      '5.00 TB',
      '5000 TB',
    ]);
  });

  it('amounts', () => {
    expect([0.26, 12.4, 1234.5].map(millisecondsText)).toEqual(['0.3 ms', '12 ms', '1,235 ms']);
    expect([1, 9960].map((count) => plural(count, 'session'))).toEqual(['1 session', '9,960 sessions']);
  });

  it('a value in a line', () => {
    expect(summaryOf('a "b"')).toBe('"a \\"b\\""');
    expect(summaryOf(null)).toBe('null');
    expect(summaryOf({})).toBe('{}');
    expect(summaryOf([])).toBe('[]');
    expect(summaryOf({ model: 'large', list: [1], deep: { a: 1 } })).toBe('{ model: "large", list: […], deep: {…} }');
    expect(summaryOf({ first: 1, second: 'x'.repeat(50) }, 20)).toBe('{ first: 1, … }');
    expect(summaryOf(Array.from({ length: 90 }, () => 'item'))).toBe('[90]');
    expect(summaryOf('x'.repeat(300), 10)).toBe(`"${'x'.repeat(9)}…"`);
    expect(entriesOf(['a'])).toEqual([['0', 'a']]);
    expect(entriesOf('a')).toEqual([]);
  });

  it('the states that a machine is in', () => {
    expect(statePaths('open')).toEqual(['open']);
    expect(statePaths({ open: 'typing' })).toEqual(['open.typing']);
    expect(statePaths({ editor: { open: 'idle' }, net: 'up', log: {} })).toEqual(['editor.open.idle', 'net.up', 'log']);
  });
});

describe('A route', () => {
  it('is a hash, and back', () => {
    for (const route of [{ view: 'tree' }, { view: 'stream' }, { view: 'session', id: 'a/b #%' }] as const) {
      expect(routeOf(hashOf(route))).toEqual(route);
    }
  });

  it('is the tree, where the hash says nothing', () => {
    for (const hash of ['', '#', '#/', '#/x', '#/session', '#/session/'])
      expect(routeOf(hash)).toEqual({ view: 'tree' });
    expect(routeOf('#/session/%')).toEqual({ view: 'session', id: '%' });
  });
});

describe('An event that a person sends', () => {
  it('has a type and fields', () => {
    expect(eventOf('go', '')).toEqual({ ok: true, event: { type: 'go' } });
    expect(eventOf(' go ', '{ "far": true }')).toEqual({ ok: true, event: { type: 'go', far: true } });
    expect(eventOf('go', '{ "type": "go" }')).toEqual({ ok: true, event: { type: 'go' } });
  });

  it('is refused with what is wrong', () => {
    for (const [type, json] of [
      ['', '{}'],
      ['go', '{'],
      ['go', '[]'],
      ['go', '"x"'],
      ['go', 'null'],
      ['go', '{ "type": "stop" }'],
    ] as const) {
      expect(eventOf(type, json)).toMatchObject({ ok: false, problem: expect.any(String) });
    }
  });
});

describe('The growth of a counter', () => {
  it('is what was added, and never less than nothing', () => {
    const history = [3, 5, 5, 1].map((crashed) => ({ crashed }));
    expect(growth(history as never, ({ crashed }) => crashed)).toEqual([2, 0, 0]);
  });
});
