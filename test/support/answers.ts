type Answer = { readonly ok: boolean; readonly error?: { readonly code: string } };

/** The answers to commands, by the name that the test gives each, in the order in which they come. */
export class Answers {
  /** `true`, or the code of the refusal. */
  readonly given: [name: string, answer: unknown][] = [];

  note(name: string, answer: PromiseLike<Answer>): void {
    void answer.then((result) => this.add(name, result));
  }

  /** A `replyTo` of that name. */
  to(name: string): { send(answer: Answer): void } {
    return { send: (answer) => this.add(name, answer) };
  }

  private add(name: string, { ok, error }: Answer): void {
    this.given.push([name, ok || error!.code]);
  }
}

/** Every promise that is settled by now has told those who wait for it. */
export const settled = (): Promise<void> =>
  // In a browser's environment there is none.
  new Promise((resolve) => void (typeof setImmediate === 'function' ? setImmediate(resolve) : setTimeout(resolve)));

/** Whether a promise has settled, and with what. */
export function watched<T>(promise: Promise<T>): { value?: T; error?: unknown; isSettled: boolean } {
  const seen: { value?: T; error?: unknown; isSettled: boolean } = { isSettled: false };
  promise.then(
    (value) => Object.assign(seen, { value, isSettled: true }),
    (error: unknown) => Object.assign(seen, { error, isSettled: true }),
  );
  return seen;
}

/** The answer to a command that gives nothing back. */
export const done = { ok: true, value: undefined };

/** What is refused with a code. */
export const refusedWith = (code: string, fields: object = {}) => ({
  ok: false,
  error: expect.objectContaining({ code, ...fields }) as unknown,
});
