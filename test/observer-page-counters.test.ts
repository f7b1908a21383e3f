import type { Counters } from '../src/observer/protocol.ts';
import { grownLastMinute } from '../src/observer/page/counters/counter-history.ts';

const at = (seconds: number, started: number): Counters => ({ at: seconds * 1000, started }) as Counters;
const started = (counters: Counters): number => counters.started;

describe('A counter that only grows', () => {
  it('has grown in the last minute, whatever came before a pause', () => {
    expect(grownLastMinute([], started)).toBe(0);
    expect(grownLastMinute([at(0, 5), at(1, 7), at(60, 8)], started)).toBe(3);
    expect(grownLastMinute([at(0, 5), at(1, 7), at(900, 800), at(901, 802)], started)).toBe(2);
  });
});
