/**
 * Runs `body`, and catches what is thrown at the process meanwhile: by XState in a timer of its own, which asks for no
 * delay, or as a rejection that nobody handles.
 */
export async function catchingUncaught(caught: (error: unknown) => void, body: () => Promise<void>): Promise<void> {
  const { setTimeout } = globalThis;
  const throwing = (fn: () => void, ...rest: [ms?: number]) => {
    if (rest.length > 0) return setTimeout(fn, ...rest);
    try {
      fn();
    } catch (error) {
      caught(error);
    }
    return undefined;
  };
  globalThis.setTimeout = throwing as typeof setTimeout;
  process.on('unhandledRejection', caught);
  try {
    await body();
  } finally {
    globalThis.setTimeout = setTimeout;
    process.off('unhandledRejection', caught);
  }
}
