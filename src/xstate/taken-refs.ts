import type { AnyActorRef } from 'xstate';
import { savedAs, tag } from '../core/save-value.ts';
import type { SavedOutside, SavedRef } from '../core/save-value.ts';
import { isPort, pathFrom } from './actor-path.ts';

/** The actors of which a snapshot is taken, by their paths, and what stands for refs of them. */
export class TakenRefs {
  private readonly actors = new Map<string, AnyActorRef>();
  private readonly standIns: [SavedRef, AnyActorRef][] = [];

  constructor(private readonly root: AnyActorRef) {}

  add(ref: AnyActorRef): string {
    const path = pathFrom(this.root, ref)!;
    this.actors.set(path, ref);
    return path;
  }

  /** Of an actor of which a snapshot has been taken. */
  pathOf(ref: AnyActorRef): string | undefined {
    const path = pathFrom(this.root, ref);
    return path !== undefined && this.actors.get(path) === ref ? path : undefined;
  }

  /** @returns in words why nothing can stand for an actor that is not below the root */
  saved(ref: AnyActorRef & { readonly [savedAs]?: SavedOutside }): SavedRef | SavedOutside | string {
    const outside = ref[savedAs];
    if (outside !== undefined) return outside;
    if (isPort(ref) || pathFrom(this.root, ref) === undefined) return 'is an actor outside of the session';
    const saved: SavedRef = { [tag]: 'actor' };
    this.standIns.push([saved, ref]);
    return saved;
  }

  /** Once all have been taken: a ref of one that is not among them has ended, and comes back as undefined. */
  settle(): void {
    for (const [saved, ref] of this.standIns) {
      const path = this.pathOf(ref);
      if (path !== undefined) saved.value = path;
    }
  }
}
