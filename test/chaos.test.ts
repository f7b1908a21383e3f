import { chaos } from '../scripts/chaos/command-line.ts';

async function run(...args: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const status = await chaos(args, { log: (line) => lines.push(line), error: (line) => errors.push(line) });
  return { status, lines, errors };
}

it('finds nothing in random trees of supervisors under random faults', async () => {
  const { status, lines } = await run('--seed', '1', '--trees', '400');
  expect(lines).toEqual([expect.stringMatching(/^seed 1: 400 trees, \d{4,} faults, \d{3,} restarts, 0 violations$/)]);
  expect(status).toBe(0);
}, 60_000);

it('draws the same trees and faults from the same seed', async () => {
  const args = ['--seed', '2', '--trees', '50'];
  expect((await run(...args)).lines).toEqual((await run(...args)).lines);
}, 60_000);

it.each([[[]], [['--seed', 'x', '--seconds', '1']], [['--seed', '1']], [['--again', 'nowhere']]])(
  'says how it is used when given %j',
  async (args) => {
    const { status, lines, errors } = await run(...args);
    expect([status, lines]).toEqual([2, []]);
    expect(errors.join()).toContain('npm run chaos -- --seed N');
  },
);
