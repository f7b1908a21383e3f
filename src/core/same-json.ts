/**
 * Whether two values that JSON can say read the same. The order of keys is part of them: they would come back so. Where it
 * is not, as in a config, `equalJson` tells.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index]!;
    if (key !== others[index] || !isSameJson((a as Values)[key], (b as Values)[key])) return false;
  }
  return true;
}

type Values = Readonly<Record<string, unknown>>;
