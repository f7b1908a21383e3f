// `tsc --noEmit` is what tests types; what runs is only what keeps it honest.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles where the two types are the same. */
export const same = <A, B>(...given: Same<A, B> extends true ? [] : [never]) => given.length === 0;

/** The type of a value: `typeOf(value).is<Expected>()` compiles where they are the same. */
export const typeOf = <A>(_value: A) => ({
  is: <B>(...given: Same<A, B> extends true ? [] : [never]) => given.length === 0,
});

/** Type-checks code that would do harm if it ran. */
export const compiles = (check: (...args: never[]) => unknown) => expect(check).toBeInstanceOf(Function);
