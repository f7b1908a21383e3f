/** 1-128 of `[A-Za-z0-9._-]`, not starting with a dot: fit to be a file name, a key and a part of a URL. */
export const isSessionId = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(value);

/** A UUID v4. */
export const generateSessionId = (): string => globalThis.crypto.randomUUID();
