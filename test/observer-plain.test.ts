import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { brief, Plainer } from '../src/observer/view/plain.ts';
import type { Redact } from '../src/observer/view/plain.ts';
import { counter } from './support/counter.ts';
import { openHost } from './support/open-host.ts';

// A machine that is busy with other tests takes its time.
jest.setTimeout(30_000);

const plainer = new Plainer(undefined);
const plain = (value: unknown) => plainer.plain(value, 'context');
const plainly = (value: unknown, redact: Redact) => new Plainer(redact).plain(value, 'context');

/** How long what is told may be, whatever it is: the characters of it all, what may go beyond them, and JSON's own. */
const most = 150_000;

const mb50 = 50 * 2 ** 20;

function nested(levels: number): object {
  let value: object = {};
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { below: value } : [value];
  return value;
}

function circular() {
  const value: Record<string, unknown> = { name: 'x' };
  value.self = value;
  value.list = [{ up: value }];
  return value;
}

const traps = Object.getOwnPropertyNames(Reflect).filter((name) => typeof Reflect[name as 'get'] === 'function');

const throwing = (...names: string[]): object =>
  new Proxy(
    { a: 1 },
    Object.fromEntries(
      names.map((name) => [
        name,
        () => {
          throw new Error(`no ${name}`);
        },
      ]),
    ),
  );

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

describe('A value made plain', () => {
  it.each<[string, () => unknown, unknown]>([
    ['null', () => null, null],
    ['undefined', () => undefined, 'undefined'],
    ['a text', () => 'text', 'text'],
    ['NaN', () => NaN, 'NaN'],
    ['Infinity', () => -Infinity, '-Infinity'],
    ['a bigint', () => -12n, '-12n'],
    ['a huge bigint', () => 1n << 1_000_000n, 'a huge bigint'],
    ['a symbol', () => Symbol('s'), 'Symbol(s)'],
    ['a function', () => function go() {}, 'ƒ go'],
    ['a class', () => class Box {}, 'ƒ Box'],
    ['a date', () => new Date(0), '1970-01-01T00:00:00.000Z'],
    ['no date', () => new Date(NaN), 'Invalid Date'],
    ['a pattern', () => /a\/b/giu, '/a\\/b/giu'],
    ['a URL', () => new URL('http://x/y'), 'http://x/y'],
    ['a buffer', () => Buffer.alloc(3), 'Buffer(3 bytes)'],
    ['a typed array', () => new Float64Array(2), 'Float64Array(16 bytes)'],
    ['a view', () => new DataView(new ArrayBuffer(8)), 'DataView(8 bytes)'],
    ['an array buffer', () => new ArrayBuffer(8), 'ArrayBuffer(8 bytes)'],
    ['a promise', () => Promise.resolve(1), 'Promise'],
    ['a weak map', () => new WeakMap(), 'Weak…'],
    ['a weak ref', () => new WeakRef({}), 'Weak…'],
    ['a boxed text', () => new String('boxed'), 'boxed'],
    ['a boxed number', () => new Number(5), 5],
    [
      'a map',
      () =>
        new Map<unknown, unknown>([
          ['a', 1],
          [{ b: 2 }, 3],
        ]),
      {
        'Map(2)': [
          ['a', 1],
          [{ b: 2 }, 3],
        ],
      },
    ],
    ['a set', () => new Set(['a', { b: 1 }]), { 'Set(2)': ['a', { b: 1 }] }],
    [
      'a map in itself',
      () => {
        const map = new Map();
        return map.set('me', map);
      },
      { 'Map(1)': [['me', '[circular: context]']] },
    ],
    ['a sparse array', () => Object.assign([], { 1: 'x', length: 3 }), ['[empty]', 'x', '[empty]']],
    ['a circle', circular, { name: 'x', self: '[circular: context]', list: [{ up: '[circular: context]' }] }],
    [
      'one value twice',
      () => {
        const one = { a: 1 };
        return [one, one];
      },
      [{ a: 1 }, { a: 1 }],
    ],
    [
      'an instance',
      () =>
        new (class Point {
          x = 1;
          #y = 2;
          get y() {
            return this.#y;
          }
        })(),
      { x: 1 },
    ],
    ['no prototype', () => Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a revoked proxy', () => revoked({}), expect.stringContaining('[it cannot be read')],
    ['a revoked list', () => revoked([]), expect.stringContaining('[it cannot be read')],
    ['a proxy', () => new Proxy({ a: 1 }, {}), { a: 1 }],
    ['a proxy of a list', () => new Proxy([1], {}), [1]],
    ['one with a symbol', () => ({ [Symbol('s')]: 1, a: 2 }), { a: 2 }],
    ['what is thrown to a toString', () => ({ toString: 1, valueOf: 2 }), { toString: 1, valueOf: 2 }],
    ['a date of another realm', () => runInNewContext('new Date(0)'), '1970-01-01T00:00:00.000Z'],
    ['a map of another realm', () => runInNewContext('new Map([[1, 2]])'), { 'Map(1)': [[1, 2]] }],
    ['what only claims to be a map', () => Object.create(Map.prototype), {}],
    ['what only claims to be a date', () => Object.assign(Object.create(Date.prototype), { a: 1 }), { a: 1 }],
  ])('%s', (_, make, expected) => {
    expect(plain(make())).toEqual(expected);
  });

  it('has a key that is called __proto__, and is no other for it', () => {
    const value = plain(JSON.parse('{ "__proto__": { "evil": true }, "constructor": 1, "a": 2 }'));
    expect(JSON.stringify(value)).toBe('{"__proto__":{"evil":true},"constructor":1,"a":2}');
    expect((value as { evil?: unknown }).evil).toBeUndefined();
  });

  it('is an actor by its id', async () => {
    const { open } = openHost({ session: counter });
    expect(plain({ ref: await open('s1') })).toEqual({ ref: 'actor s1' });
    expect(plain({ send: 1, getSnapshot: 2 })).toEqual({ send: 1, getSnapshot: 2 });
  });

  it('runs no getter, wherever it stands', () => {
    let runs = 0;
    const get = () => ++runs;
    const names = [
      'send',
      'getSnapshot',
      'subscribe',
      'id',
      'name',
      'message',
      'stack',
      'cause',
      'code',
      'length',
      'size',
    ];
    const others = ['constructor', 'byteLength', 'source', 'flags', 'href', 'toJSON', 'toString', 'then', 'a'];
    const withGetters = <T extends object>(value: T): T => {
      for (const name of [...names, ...others, Symbol.toStringTag, Symbol.iterator, Symbol.toPrimitive]) {
        if (Object.getOwnPropertyDescriptor(value, name)?.configurable === false) continue;
        Object.defineProperty(value, name, { get, enumerable: true, configurable: true });
      }
      return value;
    };
    class Inherited {}
    withGetters(Inherited.prototype);
    class Kind extends Error {}
    withGetters(Kind.prototype);
    const list = [1, 2];
    Object.defineProperty(list, 0, { get, enumerable: true });
    const kinds = [{}, new Error('x'), new Map([[1, 2]]), new Set([1]), new Date(0), /x/, new Uint8Array(2), () => 1];
    const all = [...kinds, new URL('http://x'), Promise.resolve(), new ArrayBuffer(1), new String('x')].map(
      withGetters,
    );
    const more = [new Inherited(), new Kind('x'), withGetters(function () {}), withGetters([1])];
    // Who formats a stack, once, asks an error for its name.
    void (more[1] as Error).stack;
    runs = 0;
    const shown = [...all, ...more].map(plain);
    expect(runs).toBe(0);
    expect(shown[0]).toMatchObject({ a: '[getter]', id: '[getter]' });
    expect(shown.slice(2, 7)).toEqual([
      { 'Map(1)': [[1, 2]] },
      { 'Set(1)': [1] },
      '1970-01-01T00:00:00.000Z',
      '/x/',
      'Uint8Array(2 bytes)',
    ]);
    expect(plain(list)).toEqual(['[getter]', 2]);
    expect(runs).toBe(0);
    expect(plain({ set only(_: unknown) {} })).toEqual({ only: '[getter]' });
  });

  it('calls no method of what it shows', () => {
    const run = jest.fn(() => {
      throw new Error('called');
    });
    const methods = [
      'toString',
      'toJSON',
      'valueOf',
      'getTime',
      'toISOString',
      'entries',
      'values',
      'keys',
      'forEach',
      'then',
    ];
    const armed = <T extends object>(value: T): T => {
      for (const name of [...methods, Symbol.iterator, Symbol.toPrimitive, Symbol.for('nodejs.util.inspect.custom')]) {
        Object.defineProperty(value, name, { value: run });
      }
      return value;
    };
    const values = [
      { a: 1 },
      [1],
      new Map([[1, 2]]),
      new Set([1]),
      new Date(0),
      /x/g,
      new Error('x'),
      new Uint8Array(1),
    ];
    expect(values.map(armed).map(plain)).toMatchObject([
      { a: 1 },
      [1],
      { 'Map(1)': [[1, 2]] },
      { 'Set(1)': [1] },
      '1970-01-01T00:00:00.000Z',
      '/x/g',
      { name: 'Error', message: 'x' },
      'Uint8Array(1 bytes)',
    ]);
    expect(run).not.toHaveBeenCalled();
  });

  it.each(traps)('survives a proxy that throws in %s', (trap) => {
    const shown = plain({ proxy: throwing(trap), other: 1 }) as Record<string, unknown>;
    expect(shown.other).toBe(1);
    expect([{ a: 1 }, `[it cannot be read: no ${trap}]`]).toContainEqual(shown.proxy);
  });

  it('survives a proxy that throws whatever is asked of it, and such as throw worse than errors', () => {
    expect(plain(throwing(...traps))).toMatch(/^\[it cannot be read: no /);
    const rude = (thrown: unknown) =>
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw thrown;
          },
        },
      );
    for (const thrown of [undefined, null, throwing(...traps), Symbol('x'), Object.create(null), 'x'.repeat(mb50)]) {
      expect(JSON.stringify(plain(rude(thrown))).length).toBeLessThan(3_000);
    }
  });

  it('comes to an end with a proxy that has none', () => {
    const endless: object = new Proxy({}, { getPrototypeOf: () => endless, get: () => endless, has: () => true });
    const under = Object.create(new Proxy({}, { getOwnPropertyDescriptor: () => undefined })) as object;
    const deeper: object = new Proxy(
      { a: 1 },
      { getOwnPropertyDescriptor: () => ({ value: deeper, enumerable: true, configurable: true }) },
    );
    const longer = new Proxy([], { get: (list, key) => (key === 'length' ? 2 ** 53 : Reflect.get(list, key)) });
    for (const value of [endless, under, deeper, longer])
      expect(JSON.stringify(plain(value)).length).toBeLessThan(5_000);
  });
});

describe('An error made plain', () => {
  it('has its name, message, code, stack and cause', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'E_INNER' });
    const error = plainer.error(new Error('outer', { cause }));
    expect(error).toMatchObject({ name: 'Error', message: 'outer', cause: { name: 'TypeError', code: 'E_INNER' } });
    expect(error.stack).toMatch(/^Error: outer\n +at /);
  });

  it.each<[string, () => unknown, object]>([
    ['a text', () => 'thrown', { name: 'Error', message: 'thrown' }],
    ['undefined', () => undefined, { name: 'Error', message: 'undefined' }],
    ['an object', () => ({ a: 1 }), { name: 'Error', message: '{"a":1}' }],
    ['one of another realm', () => runInNewContext('new RangeError("x")'), { name: 'RangeError', message: 'x' }],
    [
      'a DOMException',
      () => new DOMException('gone', 'AbortError'),
      { name: 'AbortError', message: 'gone', code: '20' },
    ],
    ['AggregateError', () => new AggregateError([new Error('a')], 'all'), { name: 'AggregateError', message: 'all' }],
    [
      'old style',
      () => Object.assign(Object.create(Error.prototype), { message: 'x' }),
      { name: 'Error', message: 'x' },
    ],
    [
      'odd parts',
      () => Object.assign(new Error(), { name: 1, message: { a: 1 }, code: 5, stack: null }),
      { name: '1', message: '{"a":1}', code: '5', stack: 'null' },
    ],
    [
      'no parts',
      () => Object.assign(new Error(), { name: undefined, message: undefined, stack: undefined }),
      { name: 'Error', message: '' },
    ],
    [
      'a revoked proxy',
      () => revoked(new Error()),
      { name: 'Error', message: expect.stringContaining('cannot be read') },
    ],
    [
      'a proxy that throws',
      () => throwing(...traps),
      { name: 'Error', message: expect.stringContaining('cannot be read') },
    ],
  ])('may be %s', (_, make, expected) => {
    expect(plainer.error(make())).toMatchObject(expected);
  });

  it('is told once, where it is its own cause', () => {
    const error = new Error('me');
    error.cause = new Error('other', { cause: error });
    expect(plainer.error(error)).toMatchObject({
      message: 'me',
      cause: { message: 'other', cause: { message: '[circular: error]' } },
    });
    expect(plain({ error })).toMatchObject({ error: { cause: { cause: { message: '[circular: context.error]' } } } });
  });

  it('ends, however many causes there are', () => {
    let error = new Error('first');
    for (let i = 0; i < 10_000; i++) error = new Error(`${i}`, { cause: error });
    expect(JSON.stringify(plainer.error(error)).length).toBeLessThan(30_000);
  });

  it('is as long as a text may be, and no longer', () => {
    const error = Object.assign(new Error('x'.repeat(mb50)), { name: 'y'.repeat(mb50), code: 'z'.repeat(mb50) });
    expect(JSON.stringify(plainer.error(error)).length).toBeLessThan(10_000);
  });
});

describe('How much is shown', () => {
  const small = new Plainer(undefined, { depth: 2, text: 5, items: 3, values: 100, characters: 1_000 });

  it('is no more than the limits', () => {
    expect(small.plain({ a: { b: { c: 1 }, d: [1] } }, 'x')).toEqual({ a: { b: '{…}', d: '[1 items]' } });
    expect(small.plain('abcdefgh', 'x')).toBe('abcde… 3 more characters');
    expect(small.plain([1, 2, 3, 4, 5], 'x')).toEqual([1, 2, 3, '… 2 more']);
    expect(small.plain({ a: 1, b: 2, c: 3, d: 4 }, 'x')).toEqual({ a: 1, b: 2, c: 3, '…': '1 more' });
    expect(small.plain(new Set([1, 2, 3, 4]), 'x')).toEqual({ 'Set(4)': [1, 2, 3, '… 1 more'] });
    expect(
      small.plain(
        new Map([
          [1, 1],
          [2, 2],
          [3, 3],
          [4, 4],
        ]),
        'x',
      ),
    ).toMatchObject({
      'Map(4)': [[1, 1], [2, 2], [3, 3], '… 1 more'],
    });
  });

  it('is all that there is, up to the limits', () => {
    expect(small.plain(['abcde', [1, 2, 3]], 'x')).toEqual(['abcde', [1, 2, 3]]);
  });

  it.each<[string, () => unknown]>([
    ['a text', () => 'x'.repeat(mb50)],
    ['a symbol', () => Symbol('x'.repeat(mb50))],
    ['a boxed text', () => new String('x'.repeat(mb50))],
    ['the name of a function', () => Object.defineProperty(() => {}, 'name', { value: 'x'.repeat(mb50) })],
    ['a key', () => ({ ['x'.repeat(mb50)]: 1 })],
    [
      'the path of a circle',
      () => {
        const value: Record<string, unknown> = {};
        const key = 'x'.repeat(mb50);
        value[key] = { up: 0 };
        (value[key] as { up: unknown }).up = value[key];
        return value;
      },
    ],
    ['a list of texts', () => Array.from({ length: 50 }, () => 'x'.repeat(2 ** 20))],
    ['a list of numbers', () => new Array(6_000_000).fill(1)],
    ['a buffer', () => Buffer.alloc(mb50)],
    ['a map', () => new Map(Array.from({ length: 100_000 }, (_, i) => [`${i}`.repeat(50), 'x'.repeat(500)]))],
    ['a record', () => Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 'x'.repeat(500)]))],
    ['ten thousand levels', () => nested(10_000)],
    [
      'many long keys, on every level',
      () => {
        let value = {};
        for (let i = 0; i < 20; i++)
          value = {
            ...Object.fromEntries(
              Array.from({ length: 99 }, (_, k) => [`${k}${'x'.repeat(3_000)}`, 'x'.repeat(3_000)]),
            ),
            below: value,
          };
        return value;
      },
    ],
    [
      'a bush',
      () => {
        let value: unknown = 'x'.repeat(3_000);
        for (let i = 0; i < 10; i++) value = new Array(100).fill(value);
        return value;
      },
    ],
    ['an actor with a long id', () => ({ send() {}, getSnapshot() {}, subscribe() {}, id: 'x'.repeat(mb50) })],
    ['a URL', () => new URL(`http://x/${'y'.repeat(2 ** 20)}`)],
    [
      'a typed array that names itself',
      () => Object.defineProperty(new Uint8Array(1), 'constructor', { value: { name: 'x'.repeat(mb50) } }),
    ],
  ])('is little of %s of 50 MB', (_, make) => {
    const value = make();
    expect(JSON.stringify(plain({ value })).length).toBeLessThan(most);
    expect(JSON.stringify(new Plainer(undefined, brief).plain({ value }, 'event')).length).toBeLessThan(10_000);
  });

  it('is little of anything, which is left as it was', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
      maxDepth: 6,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const before = fc.stringify(value);
        const shown = plain(value);
        const json = JSON.stringify(shown);
        expect(typeof json).toBe('string');
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(shown)));
        expect(json.length).toBeLessThan(most);
        expect(JSON.stringify(small.plain(value, 'x')).length).toBeLessThan(10_000);
        expect(fc.stringify(value)).toBe(before);
        plainer.error(value);
      }),
      { numRuns: 300 },
    );
  });

  it('is JSON as it is, where that is what it was', () => {
    const json = fc
      .jsonValue({ maxDepth: 4, depthSize: 'small' })
      .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(json, (value) => expect(JSON.stringify(plain(value))).toBe(JSON.stringify(value))),
      { numRuns: 200 },
    );
  });
});

describe('What is redacted', () => {
  it('is asked for each value, by its path', () => {
    const paths: string[] = [];
    const value = {
      user: { password: 'x', tags: ['a'] },
      map: new Map<unknown, unknown>([
        ['token', 'x'],
        [1, 'y'],
      ]),
      set: new Set(['z']),
      error: new Error('boom', { cause: 'why' }),
      get secret() {
        return 1;
      },
    };
    plainly(value, (path, value) => (paths.push(path), value));
    expect(paths).toEqual(
      [
        '',
        '.user',
        '.user.password',
        '.user.tags',
        '.user.tags.0',
        '.map',
        '.map.key',
        '.map.token',
        '.map.key',
        '.map.value',
        '.set',
        '.set.0',
        '.error',
        '.error.name',
        '.error.message',
        '.error.code',
        '.error.stack',
        '.error.cause',
      ].map((path) => `context${path}`),
    );
  });

  it('is shown as what it is replaced by, even by a whole object', () => {
    const value = { user: { password: 'x' }, card: '1234', map: new Map([['password', 'x']]) };
    const redact: Redact = (path, value) =>
      path.endsWith('password') ? '(hidden)' : path === 'context.card' ? { last: 4 } : value;
    expect(plainly(value, redact)).toEqual({
      user: { password: '(hidden)' },
      card: { last: 4 },
      map: { 'Map(1)': [['password', '(hidden)']] },
    });
    expect(value.card).toBe('1234');
  });

  it('is hidden where redact throws, or answers too late', () => {
    const throwsAt: Redact = (path, value) => {
      if (path.endsWith('password')) throw new Error('a bug, with s3cret');
      return value;
    };
    const shown = plainly({ password: 's3cret', a: 1 }, throwsAt);
    expect(shown).toEqual({ password: '[redact threw]', a: 1 });
    // Also where it rejects, which would end the process.
    const later = async () => {
      throw new Error('too late');
    };
    expect(plainly({ a: 's3cret' }, later)).toBe('[redact must not be asynchronous]');
    const always = new Plainer(() => {
      throw new Error('always');
    });
    expect(always.error(new Error('s3cret'))).toEqual({ name: 'Error', message: '[redact threw]' });
  });

  it('is not told by the stack, which begins with the message', () => {
    const error = new Error('s3cret in here', { cause: new Error('s3cret, too') });
    const redact: Redact = (path, value) => (path.endsWith('message') ? '(hidden)' : value);
    expect(JSON.stringify(new Plainer(redact).error(error))).not.toContain('s3cret');
    expect(JSON.stringify(plainly({ error }, redact))).not.toContain('s3cret');
    const keeps: Redact = (_, value) => value;
    expect(new Plainer(keeps).error(error).stack).toContain('s3cret in here');
  });

  it('stays so, however the value is spelt', () => {
    const secret = 's3cret';
    const redact: Redact = (_, value) => (typeof value === 'string' && value.includes(secret) ? '(hidden)' : value);
    const values = [secret, [secret], { a: secret }, new Map([[secret, secret]]), new Set([secret]), new Error(secret)];
    for (const value of values) expect(JSON.stringify(plainly(value, redact))).not.toContain(secret);
  });
});
