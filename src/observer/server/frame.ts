import type { Told } from '../protocol.ts';

const frames = new WeakMap<object, Buffer>();

/** A message as it goes to a page. It is written once, however many pages are told. */
export function frameOf<T extends keyof Told>(type: T, told: Told[T]): Buffer {
  const known = frames.get(told);
  if (known !== undefined) return known;
  const frame = Buffer.from(`event: ${type}\ndata: ${JSON.stringify(told)}\n\n`);
  frames.set(told, frame);
  return frame;
}
