import type { AnyActorRef, AnyEventObject, StateValue } from 'xstate';
import { keeperOf } from '../../xstate/internals.ts';
import { watchSystem } from '../../xstate/watch-system.ts';
import type { Plainer } from './plain.ts';
import type { Step } from '../protocol.ts';
import { stateText } from './state-text.ts';

/** How many steps are kept. */
const kept = 100;

interface RawStep {
  readonly n: number;
  readonly at: number;
  readonly actor: string;
  readonly from: string | undefined;
  readonly event: AnyEventObject;
  readonly value: StateValue | undefined;
  readonly changed: boolean;
}

/** What the actors of one session receive, and the states that follow; through its restarts. */
export class SessionSteps {
  /** How many there have been. */
  count = 0;
  private readonly steps: RawStep[] = [];
  private readonly sources = new WeakMap<AnyActorRef, AnyActorRef | undefined>();
  private readonly values = new WeakMap<AnyActorRef, StateValue | undefined>();
  private actor: AnyActorRef | undefined;
  private unwatch: (() => void) | undefined;

  constructor(private readonly now: () => number) {}

  /** Goes on with the present incarnation. */
  follow(actor: AnyActorRef | undefined): void {
    if (actor === undefined || actor === this.actor) return;
    this.close();
    this.actor = actor;
    this.values.set(actor, valueOf(actor.getSnapshot()));
    this.unwatch = watchSystem(actor, ({ type, actorRef, event, sourceRef, snapshot }) => {
      const receiver = actorRef as unknown as AnyActorRef;
      if (type === '@xstate.event') this.sources.set(receiver, sourceRef as AnyActorRef | undefined);
      else if (type === '@xstate.snapshot') this.add(actor, receiver, event!, snapshot);
    });
  }

  /** Made plain only now: of a flood, those that were dropped never are. */
  plain(plainer: Plainer): Step[] {
    return this.steps.map(({ n, at, actor, from, event, value, changed }) => ({
      n,
      at,
      actor,
      event: plainer.plain(event, 'event') as Step['event'],
      ...(from !== undefined && { from }),
      ...(value !== undefined && { state: stateText(value) }),
      changed,
    }));
  }

  close(): void {
    this.unwatch?.();
    this.unwatch = undefined;
  }

  private add(root: AnyActorRef, actor: AnyActorRef, event: AnyEventObject, snapshot: unknown): void {
    const value = valueOf(snapshot);
    const source = this.sources.get(actor);
    const changed = value !== this.values.get(actor);
    this.values.set(actor, value);
    const from = source && (source === root ? 'itself' : pathBelow(root, source));
    const step = {
      n: ++this.count,
      at: this.now(),
      actor: pathBelow(root, actor) ?? actor.id,
      from,
      event,
      value,
      changed,
    };
    if (this.steps.push(step) > kept) this.steps.shift();
  }
}

/** The ids from below `root` down to an actor: `editor/saver`; empty for `root`, undefined for who is not in it. */
export function pathBelow(root: AnyActorRef, actor: AnyActorRef): string | undefined {
  const ids: string[] = [];
  for (let at: AnyActorRef | undefined = actor; at !== root; at = keeperOf(at)) {
    if (at === undefined) return undefined;
    ids.unshift(at.id);
  }
  return ids.join('/');
}

const valueOf = (snapshot: unknown): StateValue | undefined => (snapshot as { value?: StateValue } | undefined)?.value;
