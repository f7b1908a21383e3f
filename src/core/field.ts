/** Reads a field of an event that came from anywhere: what cannot be read is not there. */
export function field(event: object, name: string): unknown {
  try {
    return (event as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
