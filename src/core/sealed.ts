// A private field can be given to any object that a constructor returns. No copy of the object has it, and nobody else
// can give it: a set of weak references would do the same at many times the cost.
class Sealed extends (class {
  constructor(value: object) {
    return value;
  }
} as new (value: object) => object) {
  #isSealed = true;

  static has(value: object): boolean {
    return #isSealed in value && value.#isSealed;
  }
}

/** Freezes a value that has passed every check, so that it never needs another. */
export function seal<T extends object>(value: T): Readonly<T> {
  new Sealed(value);
  return Object.freeze(value);
}

/** Whether `seal` froze it. */
export const isSealed = (value: unknown): boolean => typeof value === 'object' && value !== null && Sealed.has(value);
