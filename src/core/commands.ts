/** Every command that a supervisor, the sessions or a registry takes. */
const commands = [
  'registry.register',
  'registry.lookup',
  'registry.list',
  'registry.count',
  'registry.update',
  'registry.unregister',
  'registry.clear',
  'registry.configure',
  'session.start',
  'session.resume',
  'session.stop',
  'session.restart',
  'session.rename',
  'session.configure',
  'child.start',
  'child.terminate',
  'child.restart',
  'child.delete',
  'supervisor.which_children',
  'supervisor.count_children',
  'supervisor.stop',
] as const;

/** The type of a command: `ask` waits for its answer without a time-out, unless it is given one. */
export type CommandType = (typeof commands)[number];

const types: ReadonlySet<string> = new Set(commands);

export const isCommandType = (type: string): type is CommandType => types.has(type);
