import type { AnyEventObject } from 'xstate';
import { describe } from '../core/arguments.ts';
import { field } from '../core/field.ts';
import type { ProjectPathRefusal } from '../core/project-path.ts';
import type { Reply } from '../core/reply.ts';
import { ok, refused } from '../core/result.ts';
import type { Refused, Result } from '../core/result.ts';
import type { Opened, ResumeRefusal } from '../core/session-events.ts';
import type { SessionRecord } from '../core/session-record.ts';
import { createSession, validateSession } from '../core/session.ts';
import type { Session, SessionInput } from '../core/session.ts';
import { notFound } from '../core/store-refusals.ts';
import type { StoreRefusal } from '../core/store-refusals.ts';
import { stopping } from '../core/stopping.ts';
import { SupervisionError } from '../core/supervision-error.ts';
import { sessionStart } from '../diagnostics.ts';
import type { SessionStartTrace } from '../diagnostics.ts';
import { InOrder } from './in-order.ts';
import type { RegistryWriter } from './registry-writer.ts';
import { reply } from '../reply.ts';
import type { SessionHome } from './session-home.ts';
import { inputOf } from '../session-input.ts';
import type { StableRef } from '../session-ref.ts';
import { SupervisedSession } from './supervised-session.ts';

type PathChecked = Reply<string, ProjectPathRefusal | 'start_failed' | StoreRefusal>;

type Answer = Reply<Opened<Record<string, unknown>, StableRef>, ResumeRefusal>;

/** A session on its way in. */
interface Opening {
  readonly event: AnyEventObject;
  readonly input: SessionInput;
  readonly trace: SessionStartTrace | undefined;
  /** What the session comes back from. */
  record: SessionRecord | undefined;
  /** What it was asked meanwhile. */
  commands: (() => void)[] | undefined;
  answered: boolean;
}

export interface DoorParts {
  readonly home: SessionHome;
  readonly registry: RegistryWriter;
  /** Does something in the turn of the supervisor. */
  later(proceed: () => void): void;
  /** A session of this id is open. */
  isOpen(id: string): boolean;
  /** It has been let in, and is about to start. */
  entered(session: SupervisedSession): void;
}

/**
 * How sessions come in: new ones, and those that come back. Directories are checked, and records loaded, side by side; all
 * else happens in the order of the calls.
 */
export class SessionDoor {
  private readonly order = new InOrder();
  private readonly opening = new Set<Opening>();
  /** Those that have started, and wait for the store. */
  private readonly unkept = new Map<Opening, SupervisedSession>();
  private readonly openingById = new Map<string, Opening>();
  private isShut = false;

  constructor(private readonly parts: DoorParts) {}

  start(event: AnyEventObject): void {
    const input = inputOf(event);
    const opening = this.openingOf(event, input);
    if (this.isShut) return this.reject(opening, stopping());
    const checked = this.check(input);
    if (!('then' in checked) && this.order.isEmpty) return this.admit(opening, checked);
    this.await(opening, input.id);
    this.proceed(opening, checked);
  }

  /** A session that is in the store comes back. */
  resume(event: AnyEventObject): void {
    const { home, isOpen } = this.parts;
    const id = field(event, 'id') as string;
    const opening = this.openingOf(event, { id } as SessionInput);
    if (this.isShut) return this.reject(opening, stopping());
    if (home.archive === undefined) return this.reject(opening, notFound(id).error);
    const isComing = this.openingById.get(id)?.event.type === event.type;
    if (isComing || isOpen(id)) return this.reject(opening, existing(id, 'is open already'));
    this.await(opening, id);
    const checked = home.archive.load(id).then((loaded) => {
      if (!loaded.ok) return loaded as Refused<SupervisionError<never>>;
      opening.record = loaded.value;
      return home.options.checkPath(loaded.value.session.projectPath);
    });
    this.proceed(opening, checked);
  }

  /** Calls back once the session of this id is in, or has been refused; false: none is on its way. */
  whenIn(id: string, command: () => void): boolean {
    const opening = this.openingById.get(id);
    if (opening === undefined) return false;
    (opening.commands ??= []).push(command);
    return true;
  }

  /** Resolves once the session of this id is in, or has been refused; undefined: none is on its way. */
  arrivalOf(id: string): Promise<void> | undefined {
    if (!this.openingById.has(id)) return undefined;
    return new Promise((resolve) => void this.whenIn(id, resolve));
  }

  /** Nobody comes in any more, also of those that are on their way. */
  shut(): void {
    this.isShut = true;
    const openings = [...this.opening];
    this.opening.clear();
    // Or what waits for one would go on waiting for it.
    this.openingById.clear();
    for (const opening of openings) this.reject(opening, stopping());
    for (const [opening, session] of this.unkept) {
      session.keeper.takeBack();
      this.reject(opening, stopping());
    }
    this.unkept.clear();
  }

  private openingOf(event: AnyEventObject, input: SessionInput): Opening {
    const { runtime: actor } = this.parts.home;
    const trace = sessionStart.isWatched ? sessionStart.begin({ actor, input }) : undefined;
    return { event, input, trace, record: undefined, commands: undefined, answered: false };
  }

  private await(opening: Opening, id: unknown): void {
    this.opening.add(opening);
    if (typeof id === 'string') this.openingById.set(id, opening);
  }

  private check({ projectPath, id }: SessionInput): PathChecked | Promise<PathChecked> {
    const { options, archive } = this.parts.home;
    const checked = options.checkPath(projectPath);
    // Whether there is a record of this id, the store has to say first: it is not to be written over.
    const isNew = id === undefined && options.makesNewIds;
    if (isNew || archive === undefined || archive.isReady) return checked;
    return archive.whenReady().then((error) => (error === undefined ? checked : refused(error)));
  }

  private proceed(opening: Opening, checked: PathChecked | Promise<PathChecked>): void {
    const inPlace = this.order.place();
    const proceed = (path: PathChecked) => inPlace(() => this.admit(opening, path));
    if ('then' in checked) void checked.then((path) => this.parts.later(() => proceed(path)));
    else proceed(checked);
  }

  private admit(opening: Opening, path: PathChecked): void {
    const { input, record } = opening;
    const { home, registry } = this.parts;
    if (this.opening.delete(opening) && this.openingById.get(input.id!) === opening) {
      this.openingById.delete(input.id!);
    }
    if (opening.answered) return;
    // A start of its id may have come before.
    if (opening.event.type === 'session.resume' && this.parts.isOpen(input.id!)) {
      return this.reject(opening, existing(input.id!, 'is open already'));
    }
    const made = path.ok ? this.make(opening, path.value) : path;
    if (!made.ok) return this.reject(opening, made.error);
    const session = made.value;
    const { id } = session;
    if (record === undefined && !this.parts.isOpen(id) && home.archive?.has(id)) {
      return this.reject(opening, existing(id, 'is saved: resume it, or forget it'));
    }
    registry.write({ type: 'registry.register', session, order: record?.order }, (registered) => {
      if (registered.ok) this.launch(opening, session);
      else this.reject(opening, registered.error as SupervisionError<ResumeRefusal>);
    });
  }

  private launch(opening: Opening, session: Session): void {
    const { home } = this.parts;
    const { record } = opening;
    const supervised = new SupervisedSession(session, home, record);
    this.parts.entered(supervised);
    supervised.start((started) => {
      if (!started.ok) return home.release(session.id, () => this.reject(opening, started.error));
      const { ref } = supervised;
      // It may have been renamed meanwhile.
      const { session: present } = supervised;
      const opened = { session: present, ref };
      supervised.keeper.tell(
        Object.assign({ type: 'session.started' as const }, opened, record && { resumed: true as const }),
      );
      if (home.archive?.isEach) this.unkept.set(opening, supervised);
      supervised.keeper.whenKept((error) => {
        this.unkept.delete(opening);
        if (opening.answered) return;
        if (error === undefined) this.answer(opening, ok(opened));
        else supervised.takeBack(() => this.reject(opening, error as SupervisionError<ResumeRefusal>));
      });
      // While it is being written, commands find it: none is to overtake those that have waited for it. What waits for the
      // write has been told apart by then from what waits for theirs.
      if (!opening.answered) queueMicrotask(() => this.carryOn(opening));
    });
  }

  private reject(opening: Opening, error: SupervisionError<ResumeRefusal>): void {
    const { home } = this.parts;
    const input = opening.record === undefined ? opening.input : inputOf(opening.record.session);
    home.emit({ type: 'session.rejected', input, error });
    this.answer(opening, refused(error));
  }

  private answer(opening: Opening, result: Answer): void {
    opening.answered = true;
    sessionStart.end(opening.trace, result);
    reply(opening.event, result, this.parts.home.options.logger);
    this.carryOn(opening);
  }

  private carryOn(opening: Opening): void {
    const { commands } = opening;
    opening.commands = undefined;
    for (const command of commands ?? []) command();
  }

  private make({ input, record }: Opening, projectPath: string): Result<Session, SupervisionError<'invalid_session'>> {
    const { values } = this.parts.home.options;
    const source: object = record === undefined ? input : record.session;
    const canonical = projectPath === field(source, 'projectPath') ? source : { ...source, projectPath };
    return this.parts.home.trySchema(() =>
      record === undefined
        ? createSession(canonical as SessionInput, values)
        : validateSession(canonical as Session, values),
    );
  }
}

const existing = (id: string, what: string): SupervisionError<'session_exists'> =>
  new SupervisionError('session_exists', `A session with the id ${describe(id)} ${what}`, { id });
