/** What is read of a host's objects, or something else, where reading throws. */
export function readable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** A text that is no longer than `length`. */
export const capped = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
