// What the contestants are called, in the table and in results.json.
export const ours = 'xstate-supervisor';
export const bare = 'bare XState';
export const spawned = 'spawnChild';
export const nact = 'nact';
export const effect = 'Effect';
export const elixir = 'Elixir';
export const elixirIndexed = 'Elixir, paths indexed';
