import type { Plain } from '../../protocol.ts';

/** The paths of all states that a state value says are active, the root among them; of a machine that runs not, none. */
export function activePaths(value: Plain | undefined): ReadonlySet<string> {
  const paths = new Set<string>();
  if (value === undefined || value === null) return paths;
  paths.add('');
  addBelow('', value, paths);
  return paths;
}

function addBelow(path: string, value: Plain, paths: Set<string>): void {
  const add = (key: string, below: Plain) => {
    const inner = path === '' ? key : `${path}.${key}`;
    paths.add(inner);
    addBelow(inner, below, paths);
  };
  if (typeof value === 'string') add(value, null);
  else if (typeof value === 'object' && value !== null)
    for (const [key, below] of Object.entries(value)) add(key, below);
}
