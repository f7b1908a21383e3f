/**
 * An event as one line of JSON. Refs are left out: they mean nothing to who reads it. A refusal says itself what it is;
 * of any other error it is the name, the message and the system's code.
 */
export function jsonLine(event: { readonly type: string }): string {
  const { type, ...fields } = event;
  return JSON.stringify({ type, ...fields }, (key, value: unknown) => {
    if (key === 'ref' || key === 'target') return undefined;
    // What has a toJSON has been asked already.
    return value instanceof Error ? { name: value.name, message: value.message, code: codeOf(value) } : value;
  });
}

const codeOf = (error: Error): unknown => (error as NodeJS.ErrnoException).code;
