import { types } from 'node:util';
import { dataOf, slotOf } from './untouched.ts';

/** What is shown in place of an object that shows nothing of itself by its fields; undefined for all others. */
export function standsFor(value: object): string | number | boolean | bigint | symbol | undefined {
  if (types.isDate(value)) return dateText(value);
  if (types.isRegExp(value)) return regExpText(value);
  if (types.isTypedArray(value)) return typedArrayText(value);
  if (types.isDataView(value)) return `DataView(${slotOf(DataView.prototype, 'byteLength', value)} bytes)`;
  if (types.isArrayBuffer(value)) return `ArrayBuffer(${slotOf(ArrayBuffer.prototype, 'byteLength', value)} bytes)`;
  if (types.isPromise(value)) return 'Promise';
  if (types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef) return 'Weak…';
  if (value instanceof URL) return slotOf(URL.prototype, 'href', value);
  const box = boxes.find(({ isOne }) => isOne(value));
  if (box !== undefined) return box.valueOf.call(value) as string | number | boolean | bigint | symbol;
  return isActorRef(value) ? `actor ${dataOf(value, 'id') as string}` : undefined;
}

function dateText(date: Date): string {
  const time = Date.prototype.getTime.call(date);
  return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString();
}

const flags: Readonly<Record<string, string>> = {
  hasIndices: 'd',
  global: 'g',
  ignoreCase: 'i',
  multiline: 'm',
  dotAll: 's',
  unicode: 'u',
  unicodeSets: 'v',
  sticky: 'y',
};

function regExpText(pattern: RegExp): string {
  const set = Object.keys(flags).filter((name) => slotOf(RegExp.prototype, name, pattern));
  return `/${slotOf(RegExp.prototype, 'source', pattern)}/${set.map((name) => flags[name]).join('')}`;
}

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

function typedArrayText(array: NodeJS.TypedArray): string {
  const name = array instanceof Buffer ? 'Buffer' : slotOf(typedArrayPrototype, Symbol.toStringTag, array);
  return `${name}(${slotOf(typedArrayPrototype, 'byteLength', array)} bytes)`;
}

// A boxed text has as many fields as characters.
const boxes: readonly { readonly isOne: (value: unknown) => boolean; readonly valueOf: () => unknown }[] = [
  { isOne: types.isStringObject, valueOf: String.prototype.valueOf },
  { isOne: types.isNumberObject, valueOf: Number.prototype.valueOf },
  { isOne: types.isBooleanObject, valueOf: Boolean.prototype.valueOf },
  { isOne: types.isBigIntObject, valueOf: BigInt.prototype.valueOf },
  { isOne: types.isSymbolObject, valueOf: Symbol.prototype.valueOf },
];

// A session's ref has getters for some of these.
const isActorRef = (value: object): boolean =>
  ['send', 'getSnapshot', 'subscribe'].every((name) => name in value) && typeof dataOf(value, 'id') === 'string';
