import { createActor } from 'xstate';
import { ask, sessionRegistry } from 'xstate-supervisor';
import { filled } from '../crowds/crowd.ts';
import { EffectCrowd } from '../crowds/effect-crowd.ts';
import { Elixir, ElixirCrowd } from '../crowds/elixir-crowd.ts';
import { NactCrowd } from '../crowds/nact-crowd.ts';
import * as by from '../names.ts';
import { newSessions } from '../new-sessions.ts';
import type { Row } from '../row.ts';
import { same } from '../same.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

const anAwait = 'an await of a resolved promise';

export const question: Row = {
  name: 'a question to an actor, and its answer',
  goals: [
    { of: by.ours, to: anAwait, atMost: 4 },
    { of: by.ours, to: by.nact, atMost: 1 },
    { of: by.ours, to: by.elixir, atMost: 1 },
  ],
  async measure(rounds) {
    const elixir = Elixir.open();
    return timed(
      {
        [by.ours]: askingRegistry(),
        [anAwait]: awaiting(),
        [by.nact]: asking(await filled(new NactCrowd(), 10)),
        [by.effect]: asking(await filled(new EffectCrowd(), 10)),
        [by.elixir]: elixir && asking(await filled(new ElixirCrowd(elixir), 10)),
      },
      rounds,
    );
  },
};

function askingRegistry(): Contestant {
  const actor = createActor(sessionRegistry({ maxSessions: Infinity, logger: () => {} })).start();
  for (const session of newSessions(10)) actor.send({ type: 'registry.register', session });
  const operations = 10_000;
  return {
    operations,
    run: async () => {
      for (let n = 0; n < operations; n++) {
        const counted = await ask(actor, { type: 'registry.count' });
        same('the answer', counted.ok && counted.value, 10);
      }
    },
  };
}

function awaiting(): Contestant {
  const operations = 10_000;
  return {
    operations,
    run: async () => {
      for (let n = 0; n < operations; n++) {
        const counted = await Promise.resolve({ ok: true, value: 10 });
        same('the answer', counted.ok && counted.value, 10);
      }
    },
  };
}

function asking(crowd: { ask(times: number): unknown }): Contestant {
  const operations = 2_000;
  return {
    operations,
    // Elixir looks at the answers itself.
    run: async () => {
      const answer = await crowd.ask(operations);
      if (typeof answer === 'number') same('the answer', answer, 10);
      return answer;
    },
  };
}
