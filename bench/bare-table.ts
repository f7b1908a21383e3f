import type { Session } from 'xstate-supervisor';

/** What a registry cannot do without: three maps, and the checks of limit, id and path. */
export class BareTable {
  readonly byId = new Map<string, Session>();
  readonly byPath = new Map<string, Session>();
  readonly byName = new Map<string, Session>();

  constructor(private readonly maxSessions: number) {}

  get count(): number {
    return this.byId.size;
  }

  register(session: Session): boolean {
    const { id, projectPath, name } = session;
    if (this.byId.size >= this.maxSessions || this.byId.has(id) || this.byPath.has(projectPath)) return false;
    this.byId.set(id, session);
    this.byPath.set(projectPath, session);
    this.byName.set(name, session);
    return true;
  }

  update(session: Session): boolean {
    const { id, projectPath, name } = session;
    const present = this.byId.get(id);
    if (present === undefined || present.projectPath !== projectPath) return false;
    if (present.name !== name) this.byName.delete(present.name);
    this.byId.set(id, session);
    this.byPath.set(projectPath, session);
    this.byName.set(name, session);
    return true;
  }

  unregister(id: string): boolean {
    const present = this.byId.get(id);
    if (present === undefined) return false;
    this.byId.delete(id);
    this.byPath.delete(present.projectPath);
    this.byName.delete(present.name);
    return true;
  }
}
