import { throwsByItself } from './outcome.ts';

/** What is no nonsense, each in some place: for who gives nonsense to something that takes some of it. */

export const nothing = (): boolean => false;

export const isAbsent = (value: unknown): boolean => value === undefined;
export const isText = (value: unknown): value is string => typeof value === 'string';
export const isFunction = (value: unknown): boolean => typeof value === 'function';
export const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

export const isName = (value: unknown): boolean =>
  isText(value) && /^[^\p{C}]{1,50}$/u.test(value) && value.trim() !== '';
export const isId = (value: unknown): boolean => isText(value) && /^(?!\.)[\w.-]{1,128}$/.test(value);
export const isPath = (value: unknown): boolean => isText(value) && value.startsWith('/');
export const isLimit = (value: unknown): boolean =>
  value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0);

/** No array; what it holds is another matter. */
export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !throwsByItself.includes(value) && !Array.isArray(value);

/** An instance of no class. */
export function isPlainObject(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
