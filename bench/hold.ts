const held: { value: unknown } = { value: undefined };

/** Keeps the last of many values, or V8 could leave out the work of making what nobody looks at. */
export function hold(value: unknown): void {
  held.value = value;
}
