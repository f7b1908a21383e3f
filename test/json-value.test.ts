import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { equalJson, freezeJson, mergeJson, MAX_JSON_DEPTH, MAX_JSON_VALUES } from '../src/core/json-value.ts';
import type { JsonObject } from '../src/core/json-value.ts';
import { isDeepFrozen } from './support/sessions.ts';

const faultsOf = (value: unknown) => {
  const frozen = freezeJson(value);
  return frozen.ok ? [] : frozen.error.map(({ path, problem }) => [path.map(String).join('.'), problem]);
};

const copyOf = (value: unknown) => {
  const frozen = freezeJson(value);
  if (!frozen.ok) throw new Error(JSON.stringify(frozen.error));
  return frozen.value;
};

const objectOf = (value: unknown) => copyOf(value) as JsonObject;

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
};

// What JSON can say, with awkward keys; `-0` is none of it.
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'length', '0'));
const jsonObject = fc.array(fc.tuple(key, json)).map((entries) => Object.fromEntries(entries));

describe('a value that survives JSON', () => {
  it('is copied, and the copy is frozen to the bottom', () => {
    fc.assert(
      fc.property(fc.oneof(json, jsonObject), (value) => {
        const copy = copyOf(value);
        expect(copy).toEqual(value);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        expect(isDeepFrozen(copy)).toBe(true);
      }),
    );
  });

  it('is neither changed nor kept', () => {
    const given = { list: [{ a: 1 }] };
    const copy = objectOf(given);
    given.list[0]!.a = 2;
    given.list.push({ a: 3 });
    expect(copy).toEqual({ list: [{ a: 1 }] });
    expect(Object.isFrozen(given)).toBe(false);
  });

  it('keeps keys that mean something to objects', () => {
    const given: unknown = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"toString":null}');
    const copy = objectOf(given);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(given));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect('admin' in copy).toBe(false);
  });

  it('may have no prototype, or come from another realm', () => {
    const bare = Object.assign(Object.create(null), { a: 1 });
    expect(objectOf(bare)).toStrictEqual({ a: 1 });
    expect(objectOf(runInNewContext('({ a: [1, {}] })'))).toStrictEqual({ a: [1, {}] });
    expect(objectOf(structuredClone({ a: [1] }))).toStrictEqual({ a: [1] });
  });

  it('may hold one object twice, which becomes two, as in JSON', () => {
    const shared = { n: 1 };
    const copy = objectOf({ a: shared, b: [shared] }) as { a: object; b: object[] };
    expect(copy).toEqual({ a: { n: 1 }, b: [{ n: 1 }] });
    expect(copy.a).not.toBe(copy.b[0]);
  });

  it('is not copied again', () => {
    const copy = copyOf({ a: [1] });
    expect(copyOf(copy)).toBe(copy);
  });

  it('is the one empty object when it is empty', () => {
    expect(copyOf({})).toBe(copyOf(Object.create(null)));
  });
});

describe('a value that does not survive JSON', () => {
  class Point {
    x = 1;
  }
  class List extends Array {}
  const cycle: Record<string, unknown> = {};
  cycle.self = { cycle };
  const array = Object.assign([1], { extra: 1 });
  const hidden = Object.defineProperty({}, 'a', { value: 1, enumerable: false });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const inherited: unknown = Object.create({ a: 1 });

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'is undefined'],
    ['a function', () => 1, 'is a function'],
    ['a class', Point, 'is a function'],
    ['a symbol', Symbol('s'), 'is Symbol(s)'],
    ['a bigint', 1n, 'is a bigint'],
    ['NaN', NaN, 'is NaN'],
    ['Infinity', -Infinity, 'is -Infinity'],
    ['-0', -0, 'is -0'],
    ['a Date', new Date(0), 'is an instance of Date'],
    ['a Map', new Map(), 'is an instance of Map'],
    ['a Uint8Array', new Uint8Array(1), 'is an instance of Uint8Array'],
    ['an Error', new Error('e'), 'is an instance of Error'],
    ['a boxed string', new String('s'), 'is an instance of String'],
    ['an instance of a class', new Point(), 'is an instance of Point'],
    ['an array of a class', new List(), 'is an instance of a subclass of Array'],
    [
      'a revoked proxy',
      revoked.proxy,
      "cannot be read (TypeError: Cannot perform 'IsArray' on a proxy that has been revoked)",
    ],
    ['an array with a name', array, 'is an array with properties of its own'],
    ['what inherits data', inherited, 'is an instance of Object'],
  ])('%s', (_name, value, problem) => {
    expect(faultsOf(value)).toEqual([['', problem]]);
    expect(faultsOf({ a: [0, value] })).toEqual([['a.1', problem]]);
  });

  it.each<[string, unknown, string, string]>([
    ['a hole', [1, , 3], '1', 'is a hole'],
    ['a getter', { get a() { return 1; } }, 'a', 'is a getter or setter'], // prettier-ignore
    ['a hidden property', hidden, 'a', 'is not enumerable'],
    ['a key that is a symbol', { [Symbol('s')]: 1 }, 'Symbol(s)', 'is under a symbol'],
    ['a cycle', cycle, 'self.cycle', 'contains itself'],
    ['toJSON as a method', { toJSON: () => 1 }, 'toJSON', 'is a function'],
  ])('%s', (_name, value, path, problem) => {
    expect(faultsOf(value)).toEqual([[path, problem]]);
  });

  it('is refused with each fault and where it is', () => {
    expect(faultsOf({ a: undefined, b: [NaN, { c: 1n }], d: 'fine' })).toEqual([
      ['a', 'is undefined'],
      ['b.0', 'is NaN'],
      ['b.1.c', 'is a bigint'],
    ]);
  });

  it('is refused with 20 faults at most', () => {
    expect(faultsOf(Array.from({ length: 50 }, () => undefined))).toHaveLength(20);
    expect(faultsOf(new Array(4_000_000_000))).toHaveLength(1);
    expect(faultsOf(new Array(1000))).toHaveLength(20);
  });

  it('does not run its getters', () => {
    const get = jest.fn();
    expect(faultsOf(Object.defineProperty({}, 'a', { get, enumerable: true }))).toHaveLength(1);
    expect(get).not.toHaveBeenCalled();
  });

  it('may be as deep as the limit, and not deeper, however deep it is', () => {
    expect(faultsOf(nested(MAX_JSON_DEPTH))).toEqual([]);
    expect(faultsOf(nested(MAX_JSON_DEPTH + 1))[0]![1]).toMatch(/levels deep/);
    expect(faultsOf(nested(1_000_000))[0]![1]).toMatch(/levels deep/);
  });

  it('cannot smuggle depth in by parts that were copied before', () => {
    const deep = copyOf(nested(MAX_JSON_DEPTH));
    expect(faultsOf({ deep })[0]![1]).toMatch(/levels deep/);
  });

  it('is refused when shared references stand for too many values', () => {
    let bomb: unknown = 1;
    for (let level = 0; level < 60; level += 1) bomb = [bomb, bomb];
    expect(faultsOf(bomb)[0]![1]).toMatch(/number of values/);
  });

  it('throws nothing, whatever it is', () => {
    const fail = () => {
      throw new Error('no');
    };
    const traps = ['get', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor'];
    for (const trap of traps) {
      expect(freezeJson(new Proxy({ a: 1 }, { [trap]: fail })).ok).toBe(trap === 'get');
      expect(freezeJson({ a: new Proxy([1], { [trap]: fail }) }).ok).toBe(false);
    }
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true }), (value) => {
        const frozen = freezeJson(value);
        if (frozen.ok) expect(JSON.parse(JSON.stringify(frozen.value))).toEqual(frozen.value);
        else expect(frozen.error.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('one object over another', () => {
  it('replaces keys and keeps the identity of what it leaves alone', () => {
    const base = objectOf({ a: { deep: [1] }, b: 1 });
    const merged = mergeJson(base, objectOf({ b: { c: 2 }, d: null }));
    expect(merged).toEqual({ ok: true, value: { a: { deep: [1] }, b: { c: 2 }, d: null } });
    expect(merged.ok && merged.value.a).toBe(base.a);
    expect(merged.ok && isDeepFrozen(merged.value)).toBe(true);
    expect(merged.ok && copyOf(merged.value)).toBe(merged.ok && merged.value);
  });

  it('is the other one where one is empty', () => {
    const base = objectOf({ a: 1 });
    expect(mergeJson(base, objectOf({}))).toEqual({ ok: true, value: base });
    expect(mergeJson(objectOf({}), base)).toEqual({ ok: true, value: base });
  });

  it('holds what a spread holds', () => {
    fc.assert(
      fc.property(jsonObject, jsonObject, (a, b) => {
        const merged = mergeJson(objectOf(a), objectOf(b));
        expect(JSON.stringify(merged.ok && merged.value)).toBe(JSON.stringify({ ...a, ...b }));
      }),
    );
  });

  it('is refused when both together hold too many values', () => {
    const half = new Array(MAX_JSON_VALUES * 0.6).fill(0);
    const a = objectOf({ a: half });
    expect(mergeJson(a, objectOf({ b: half })).ok).toBe(false);
    expect(mergeJson(a, objectOf({ a: half })).ok).toBe(true);
  });
});

describe('two values', () => {
  it('are equal when they hold the same', () => {
    fc.assert(fc.property(jsonObject, (value) => equalJson(objectOf(value), objectOf(structuredClone(value)))));
    expect(equalJson(copyOf({ a: 1, b: [2] }), copyOf({ b: [2], a: 1 }))).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ toString: 1 }, { b: 1 }],
    [[], {}],
    [[1], [1, 2]],
    [null, {}],
    ['1', 1],
  ])('%j and %j are not equal', (a, b) => {
    expect(equalJson(copyOf(a), copyOf(b))).toBe(false);
    expect(equalJson(copyOf(b), copyOf(a))).toBe(false);
  });
});
