import { fromCallback, fromObservable, fromPromise } from 'xstate';
import type {
  AnyActorRef,
  AnyEventObject,
  CallbackActorLogic,
  ObservableActorLogic,
  NonReducibleUnknown,
  Observer,
  PromiseActorLogic,
} from 'xstate';

interface Member {
  readonly name: string;
  /** The order in which it came to life. */
  readonly birth: number;
  readonly isAlive: () => boolean;
  /** Makes it fail. */
  readonly fail: (error: Error) => void;
}

/**
 * Who lives: callbacks, promises and observables that enter when they start, and leave when they are cleaned up, and
 * machines, which are asked.
 */
export class Alive {
  /** The names of those that began while another of that name still lived. */
  readonly doubles: string[] = [];
  private members: Member[] = [];
  private births = 0;
  private readonly refs = new Map<string, AnyActorRef>();

  /** The names of all that live, sorted; one that lives twice is there twice. */
  get names(): string[] {
    return this.living.map(({ name }) => name).sort();
  }

  /** How many have ever come to life. */
  get count(): number {
    return this.births;
  }

  /** The names of those that have lived since before there were so many. */
  olderThan(count: number): string[] {
    return this.living.filter(({ birth }) => birth < count).map(({ name }) => name);
  }

  /** Makes the one of that name fail, in the way of its kind. */
  fail(name: string, error = new Error(`${name} failed`)): void {
    const members = this.living.filter((member) => member.name === name);
    if (members.length !== 1) throw new Error(`${members.length} live by the name of ${name}`);
    members[0]!.fail(error);
  }

  /** Sends to the machine or callback of that name: the last that began. */
  send(name: string, event: AnyEventObject): void {
    this.refs.get(name)!.send(event);
  }

  /** Throws in its receiver when it is told to fail. Sends to its parent what it is told to pass on. Does what it is told. */
  callback(name: string): CallbackActorLogic<AnyEventObject> {
    return fromCallback(({ self, sendBack, receive }) => {
      receive((event) => {
        if (event.type === 'fail') throw event.error;
        if (event.type === 'pass_on') sendBack(event.event);
        if (event.type === 'do') event.work();
      });
      this.refs.set(name, self);
      return this.enter(name, (error) => self.send({ type: 'fail', error }));
    });
  }

  /** Never resolves. Rejects when it is told to fail. */
  promise(name: string): PromiseActorLogic<never> {
    return fromPromise(
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          const leave = this.enter(name, (error) => {
            leave();
            reject(error);
          });
          signal.addEventListener('abort', leave);
        }),
    );
  }

  observable(name: string): ObservableActorLogic<unknown, NonReducibleUnknown> {
    return fromObservable(() => ({
      subscribe: (observer: Partial<Observer<unknown>> | ((value: unknown) => void)) => {
        const leave = this.enter(name, (error) => {
          leave();
          if (typeof observer !== 'function') observer.error?.(error);
        });
        return { unsubscribe: leave };
      },
    }));
  }

  /** An entry action by which a machine enters. It fails by the event `fail`. */
  joins(name: string): (args: { readonly self: AnyActorRef }) => void {
    return ({ self }) => {
      this.refs.set(name, self);
      this.enter(
        name,
        (error) => self.send({ type: 'fail', error }),
        () => self.getSnapshot().status === 'active',
      );
    };
  }

  private get living(): Member[] {
    return (this.members = this.members.filter((member) => member.isAlive()));
  }

  private enter(name: string, fail: Member['fail'], isAlive?: () => boolean): () => void {
    if (this.living.some((member) => member.name === name)) this.doubles.push(name);
    let isIn = true;
    this.members.push({ name, birth: this.births++, fail, isAlive: isAlive ?? (() => isIn) });
    return () => {
      isIn = false;
    };
  }
}
