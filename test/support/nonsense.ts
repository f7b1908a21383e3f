import fc from 'fast-check';

const boom = (): never => {
  throw new Error('boom');
};

// Every field that anything here reads of what it is given.
const fields = [
  'type',
  'id',
  'name',
  'projectPath',
  'config',
  'createdAt',
  'updatedAt',
  'session',
  'maxSessions',
  'replyTo',
  'ok',
  'value',
  'code',
  'next',
  'then',
  'send',
  'timeoutMs',
  'schema',
  'minMs',
  'maxMs',
  'maxRestarts',
  'withinMs',
];

const cyclic: Record<string, unknown> = { name: 'cyclic' };
cyclic.itself = cyclic;

let deep: unknown = 'deep';
for (let depth = 0; depth < 20_000; depth += 1) deep = { deep };

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'set', 'defineProperty'];

/** Values that nothing here asks for, by name. Some are legal in some places: whoever uses them must know where. */
export const nonsense: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  true: true,
  false: false,
  zero: 0,
  'minus zero': -0,
  'a negative number': -1,
  'a fraction': 1.5,
  NaN: NaN,
  Infinity: Infinity,
  'minus Infinity': -Infinity,
  'an unsafe integer': 2 ** 60,
  'a bigint': 10n,
  'an empty text': '',
  'a blank text': ' ',
  'a text': 'nonsense',
  'a NUL byte': 'a\0b',
  'half a character': '\ud800',
  'a huge text': 'x'.repeat(1_000_000),
  __proto__text: '__proto__',
  'the text constructor': 'constructor',
  'a symbol': Symbol('nonsense'),
  'a function': () => 'nonsense',
  'a function that throws': boom,
  'a class': class Nonsense {},
  'an empty array': [],
  'an array': [1, 'two'],
  'a sparse array': new Array(3),
  'an empty object': {},
  'a frozen object': Object.freeze({ nonsense: true }),
  'an object without a prototype': Object.assign(Object.create(null) as object, { nonsense: true }),
  'a Map': new Map([['id', 'a']]),
  'an invalid Date': new Date(NaN),
  'a RegExp': /nonsense/,
  'an Error': new Error('nonsense'),
  'a promise': Promise.resolve('nonsense'),
  'typed numbers': new Uint8Array(3),
  'a cycle': cyclic,
  'a deep object': deep,
  'getters that throw': Object.defineProperties(
    {},
    Object.fromEntries(fields.map((field) => [field, { get: boom, enumerable: true }])),
  ),
  'what throws when it is printed': { toString: boom, toJSON: boom, [Symbol.toPrimitive]: boom },
  'a proxy that throws': new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, boom]))),
  'a revoked proxy': revoked.proxy,
};

/** Any value at all, often with the fields that somebody reads. */
export const anyNonsense: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.dictionary(fc.constantFrom(...fields), fc.anything({ withBigInt: true, withNullPrototype: true })),
  // But those that fast-check itself would stumble over.
  fc.constantFrom(...Object.entries(nonsense).flatMap(([name, value]) => (name.includes('proxy') ? [] : [value]))),
);
