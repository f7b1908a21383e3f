import { ok } from './result.ts';
import type { Query } from './supervision-messages.ts';
import { countChildren, reply, whichChildren } from './supervision-state.ts';
import type { Supervision } from './supervision-state.ts';

/** Answers a question about the children. */
export function answer(sup: Supervision, { type, to }: Query): undefined {
  return reply(sup, to, ok(type === 'which_children' ? whichChildren(sup) : countChildren(sup)));
}
