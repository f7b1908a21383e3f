import type { AnyActorRef, AnyEventObject, StateValue } from 'xstate';
import { keeperOf } from '../../xstate/internals.ts';
import { watchSystem } from '../../xstate/watch-system.ts';
import type { Plainer } from './plain.ts';
import type { Step } from '../protocol.ts';
import { capped } from './readable.ts';
import { stateText } from './state-text.ts';
import { valueIn } from './tree-nodes.ts';

/** How many steps are kept. */
const kept = 100;

/** How long the path of an actor may be. */
const MAX_PATH = 500;

interface RawStep extends Omit<Step, 'event' | 'state'> {
  readonly raw: { readonly event: AnyEventObject; readonly value: StateValue | undefined };
}

/** What the actors of one session receive, and the states that follow; through its restarts. */
export class SessionSteps {
  /** How many there have been. */
  count = 0;
  /** Plain, but for the latest: an event may be large, and what is kept is not to hold it. */
  private readonly steps: (Step | RawStep)[] = [];
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
    this.values.set(actor, valueIn(actor.getSnapshot()));
    this.unwatch = watchSystem(actor, ({ type, actorRef, event, sourceRef, snapshot }) => {
      const receiver = actorRef as unknown as AnyActorRef;
      if (type === '@xstate.event') this.sources.set(receiver, sourceRef as AnyActorRef | undefined);
      else if (type === '@xstate.snapshot') this.add(actor, receiver, event!, snapshot);
    });
  }

  /** Made plain only now, and once: of a flood, those that were dropped never are. */
  plain(plainer: Plainer): Step[] {
    for (let last = this.steps.length - 1; last >= 0; last--) {
      const step = this.steps[last]!;
      if (!('raw' in step)) break;
      this.steps[last] = plainStep(step, plainer);
    }
    return this.steps as Step[];
  }

  close(): void {
    this.unwatch?.();
    this.unwatch = undefined;
  }

  private add(root: AnyActorRef, actor: AnyActorRef, event: AnyEventObject, snapshot: unknown): void {
    const value = valueIn(snapshot);
    const source = this.sources.get(actor);
    const changed = value !== this.values.get(actor);
    this.values.set(actor, value);
    const from = source && (source === root ? 'itself' : pathBelow(root, source));
    const step: RawStep = {
      n: ++this.count,
      at: this.now(),
      actor: pathBelow(root, actor) ?? actor.id,
      ...(from !== undefined && { from }),
      changed,
      raw: { event, value },
    };
    if (this.steps.push(step) > kept) this.steps.shift();
  }
}

function plainStep({ raw: { event, value }, ...step }: RawStep, plainer: Plainer): Step {
  return { ...step, event: plainEvent(event, plainer), ...(value !== undefined && { state: stateText(value) }) };
}

// Whatever `redact` makes of an event, a step has one.
function plainEvent(event: AnyEventObject, plainer: Plainer): Step['event'] {
  const plain = plainer.plain(event, 'event');
  const isEvent = typeof plain === 'object' && plain !== null && typeof (plain as { type?: unknown }).type === 'string';
  return isEvent ? (plain as Step['event']) : { type: typeof plain === 'string' ? plain : '…' };
}

/** The ids from below `root` down to an actor: `editor/saver`; empty for `root`, undefined for who is not in it. */
export function pathBelow(root: AnyActorRef, actor: AnyActorRef): string | undefined {
  const ids: string[] = [];
  for (let at: AnyActorRef | undefined = actor; at !== root; at = keeperOf(at)) {
    if (at === undefined) return undefined;
    ids.unshift(at.id);
  }
  return capped(ids.join('/'), MAX_PATH);
}
