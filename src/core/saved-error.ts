import { holds, messageOf } from './arguments.ts';
import { isSupervisionError, SupervisionError } from './supervision-error.ts';

const classes: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** What an error is made of: `name`, `message`, `stack`, and whatever it has of its own, such as `code` and `cause`. */
export function* fieldsOfError(error: Error): Generator<[string, unknown]> {
  yield ['name', text(() => error.name)];
  yield ['message', text(() => error.message)];
  if (holds(() => typeof error.stack === 'string')) yield ['stack', error.stack];
  for (const key of Object.getOwnPropertyNames(error)) {
    const property = Object.getOwnPropertyDescriptor(error, key)!;
    if (!('value' in property) || key === 'name' || key === 'message' || key === 'stack') continue;
    if (property.enumerable || key === 'cause' || key === 'errors') yield [key, property.value];
  }
}

/** An error of what `fieldsOfError` told: of a class of JavaScript's own, or a refusal of this package, or an `Error`. */
export function errorOf({ name, message, stack, ...fields }: Readonly<Record<string, unknown>>): Error {
  const isRefusal = name === 'SupervisionError' && typeof fields.code === 'string';
  const error: Error = isRefusal
    ? new SupervisionError(fields.code as never, String(message), {} as never)
    : new (classes[String(name)] ?? Error)(String(message));
  if (error.name !== name) define(error, 'name', name, false);
  if (stack !== undefined) define(error, 'stack', stack, false);
  for (const [key, value] of Object.entries(fields)) {
    define(error, key, value, isSupervisionError(error) || (key !== 'cause' && key !== 'errors'));
  }
  return error;
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}

function text(read: () => unknown): string {
  try {
    return String(read());
  } catch (error) {
    return messageOf(error);
  }
}
