import { crashTest } from '../../scripts/crash-test/command-line.ts';

async function run(...args: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const status = await crashTest(args, { log: (line) => lines.push(line), error: (line) => errors.push(line) });
  return { status, lines, errors };
}

const nothingWrong = [
  'lost: 0',
  'duplicated: 0',
  'out of order: 0',
  'stopped, and came back: 0',
  'corrupt: 0',
  'timers that fired twice: 0',
  'timers that never fired: 0',
  'timers early: 0',
  'timers late: 0',
  'refused or failed: 0',
];

describe.each(['file', 'lmdb'])('The crash test of the %s store', (store) => {
  it('finds all that was acknowledged, once each, after each kill', async () => {
    const { status, lines, errors } = await run('--rounds', '4', '--store', store, '--seed', '3');
    expect(errors).toEqual([]);
    expect(lines).toEqual([
      `seed 3, store ${store}`,
      'rounds: 4',
      'kills: 4',
      'orderly stops: 3',
      expect.stringMatching(/^acknowledged: [1-9]\d*$/),
      expect.stringMatching(/^timers fired: [1-9]\d*, the latest \d+ ms after its time$/),
      ...nothingWrong,
    ]);
    expect(status).toBe(0);
  }, 120_000);

  it.each([
    ['answers_early', /^lost: [1-9]/],
    ['forgets_saves', /^lost: [1-9]/],
    ['forgets_timers', /^timers (late|that never fired): [1-9]/],
  ])(
    'finds what is wrong with a store that %s',
    async (flaw, fault) => {
      const { status, lines, errors } = await run('--rounds', '20', '--store', store, '--seed', '3', '--flaw', flaw);
      expect(lines).toContainEqual(expect.stringMatching(fault));
      expect(errors.length).toBeGreaterThan(0);
      expect(status).toBe(1);
    },
    120_000,
  );
});

it.each([
  [[]],
  [['--rounds', '0', '--store', 'file', '--seed', '1']],
  [['--rounds', '1', '--store', 'memory', '--seed', '1']],
  [['--rounds', '1', '--store', 'file']],
  [['--rounds', '1', '--store', 'file', '--seed', '1', '--flaw', 'none']],
  [['--rounds', '1', '--store', 'file', '--seed', '1', '--more']],
])('The crash test says how it is used when given %j', async (args) => {
  const { status, lines, errors } = await run(...args);
  expect([status, lines]).toEqual([2, []]);
  expect(errors).toEqual(['Usage: npm run crash-test -- --rounds N --store file|lmdb --seed S']);
});
