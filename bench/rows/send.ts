import { BareCrowd } from '../crowds/bare-crowd.ts';
import { filled } from '../crowds/crowd.ts';
import { DynamicCrowd } from '../crowds/dynamic-crowd.ts';
import { EffectCrowd } from '../crowds/effect-crowd.ts';
import { Elixir, ElixirCrowd } from '../crowds/elixir-crowd.ts';
import { NactCrowd } from '../crowds/nact-crowd.ts';
import { sending } from '../crowds/sending.ts';
import { SpawnedCrowd } from '../crowds/spawned-crowd.ts';
import { SupervisedCrowd } from '../crowds/supervised-crowd.ts';
import * as by from '../names.ts';
import type { Row } from '../row.ts';
import { timed } from '../timed.ts';
import type { Contestant } from '../timed.ts';

export const send: Row = {
  name: 'an event through the ref of a session',
  goals: [{ of: by.ours, to: by.bare, atMost: 1.1 }],
  async measure(rounds) {
    const elixir = Elixir.open();
    return timed(
      {
        [by.ours]: sending(await filled(new SupervisedCrowd(), 1)),
        [by.bare]: sending(await filled(new BareCrowd(), 1)),
        [by.spawned]: sending(await filled(new SpawnedCrowd(), 1)),
        [by.nact]: sendingElsewhere(await filled(new NactCrowd(), 1)),
        [by.effect]: sendingElsewhere(await filled(new EffectCrowd(), 1)),
        [by.elixir]: elixir && sendingElsewhere(await filled(new ElixirCrowd(elixir), 1)),
      },
      rounds,
    );
  },
};

// Each of these has answered, when its turn is over, after all that it was sent.
const sendingElsewhere = (crowd: { send(times: number): unknown }): Contestant => ({
  operations: 10_000,
  run: () => crowd.send(10_000),
});

const child = 'a supervised child';

export const sendUninspected: Row = {
  name: 'an event to a supervised actor that nobody inspects',
  goals: [{ of: child, to: by.bare, atMost: 1.03 }],
  async measure(rounds) {
    const refs = await (await filled(new DynamicCrowd(), 1)).refs();
    const [ref] = refs;
    const supervised = {
      refs: () => refs,
      send: (times: number) => {
        for (let n = 0; n < times; n++) ref!.send({ type: 'next' });
      },
    };
    return timed({ [child]: sending(supervised), [by.bare]: sending(await filled(new BareCrowd(), 1)) }, rounds);
  },
};

export const sendInspected: Row = {
  name: 'an event through the ref of a session, with an inspector',
  goals: [{ of: by.ours, to: by.bare, atMost: 1.2 }],
  async measure(rounds) {
    const [supervised, bare] = [new Inspector(), new Inspector()];
    const crowds = {
      [by.ours]: supervised.sees(sending(await filled(new SupervisedCrowd({ inspect: supervised.inspect }), 1))),
      [by.bare]: bare.sees(sending(await filled(new BareCrowd({ inspect: bare.inspect }), 1))),
    };
    return timed(crowds, rounds);
  },
};

class Inspector {
  private seen = 0;

  readonly inspect = (): void => {
    this.seen += 1;
  };

  /** The same, but it throws unless each event has been inspected. */
  sees(contestant: Contestant): Contestant {
    return {
      ...contestant,
      before: () => {
        this.seen = 0;
        return contestant.before?.();
      },
      after: () => {
        if (this.seen < contestant.operations) throw new Error(`The inspector has seen ${this.seen} events only`);
        return contestant.after?.();
      },
    };
  }
}
