/** The name, or else the first of `name.2`, `name.3`, ... that is not taken. */
export function firstFree(name: string, taken: { has(name: string): boolean }): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}.${number}`;
  return free;
}
