import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { compare } from '../scripts/otp-replay/compare.ts';
import { PlanEngine } from '../scripts/otp-replay/plan-engine.ts';
import { run } from '../scripts/otp-replay/run.ts';
import { readScenarios } from '../scripts/otp-replay/scenario.ts';
import type { Scenario, Step } from '../scripts/otp-replay/scenario.ts';

const recording = 'test/otp/golden.jsonl.gz';
const scenarios = readScenarios(recording);
const folder = mkdtempSync(join(tmpdir(), 'otp-replay-'));

afterAll(() => rmSync(folder, { recursive: true }));

async function replay(...args: string[]): Promise<{ status: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(args, { log: (line) => out.push(line), error: (line) => err.push(line) });
  return { status, out, err };
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const lines = (list: readonly unknown[]) => list.map((value) => JSON.stringify(value)).join('\n');

// For tests that replay all of it, several times over, or have npm do so.
jest.setTimeout(60_000);

describe('the recording of OTP', () => {
  it.each(['--plan', '--actors'])('is replayed without a difference: %s', async (engine) => {
    const { status, out } = await replay(engine, recording);
    expect(out).toEqual(['1500 scenarios, 12326 steps, 0 mismatches']);
    expect(status).toBe(0);
  });

  it('is replayed without a difference also when every answer comes late', async () => {
    const { mismatches } = await compare(scenarios, (setting) => new PlanEngine(setting, 'last'));
    expect(mismatches).toEqual([]);
  });

  it.each(['--plan', '--actors'])('is replayed by the script of that name, in silence: %s', async (engine) => {
    const args = ['run', '--silent', 'otp-replay', '--', engine, recording];
    const { stdout, stderr } = await promisify(execFile)('npm', args);
    expect(stdout).toBe('1500 scenarios, 12326 steps, 0 mismatches\n');
    expect(stderr).toBe('');
  });
});

describe('a recording that is not true', () => {
  const first = (kind: string, fits: (step: Step) => boolean) => {
    const scenario = scenarios.find((one) => one.kind === kind && one.steps.some(fits))!;
    return { scenario, index: scenario.steps.findIndex(fits) };
  };
  const running = (step: Step) => step.counts !== null && step.children.length > 1;

  it.each<[string, string, (step: Step) => boolean, (step: Step) => Partial<Step>]>([
    ['another reply', 'static', (step) => step.reply === 'already_started', () => ({ reply: 'already_present' })],
    ['an event too few', 'static', (step) => step.events.length > 1, ({ events }) => ({ events: events.slice(1) })],
    [
      'events in another order',
      'static',
      (step) => step.events.length > 2,
      ({ events }) => ({ events: events.toReversed() }),
    ],
    [
      'another reason for an exit',
      'static',
      (step) => step.op[0] === 'stop',
      ({ events }) => ({ events: events.map(([, id]) => ['exit', id, 'boom'] as const) }),
    ],
    [
      'another state of a child',
      'static',
      running,
      ({ children }) => ({ children: children.map(([id]) => [id!, 'restarting'] as const) }),
    ],
    ['another order of the children', 'static', running, ({ children }) => ({ children: children.toReversed() })],
    ['a child too many', 'dynamic', running, ({ children }) => ({ children: [...children, 'k99'] })],
    ['other counts', 'dynamic', running, ({ counts }) => ({ counts: { ...counts!, active: counts!.active - 1 } })],
    ['no counts', 'static', running, () => ({ counts: null })],
    ['another exit of the supervisor', 'dynamic', (step) => step.sup_exit !== null, () => ({ sup_exit: 'normal' })],
    ['a supervisor that lives on', 'static', (step) => step.sup_exit !== null, () => ({ sup_exit: null })],
    [
      'another exit at the end of a dynamic one',
      'dynamic',
      (step) => step.op[0] === 'stop' && step.events.length > 1,
      ({ events }) => ({ events: [['exit', 'k99', 'shutdown'], ...events.slice(1)] }),
    ],
  ])('is told from a true one: %s', async (_, kind, fits, change) => {
    const { scenario, index } = first(kind, fits);
    const steps = scenario.steps.map((step, at) => (at === index ? { ...step, ...change(step) } : step));
    const some = new Set([...scenarios.slice(0, 20), scenario]);
    const altered = file(
      'altered.jsonl.gz',
      gzipSync(lines([...some].map((one) => (one === scenario ? { ...one, steps } : one)))),
    );
    for (const engine of ['--plan', '--actors']) {
      const { status, out } = await replay(engine, altered);
      expect(status).toBe(1);
      expect(out.at(-1)).toMatch(/^2[01] scenarios, \d+ steps, 1 mismatches$/);
      expect(out[0]).toContain(`${kind} scenario ${scenario.seed}, step ${index}, ${JSON.stringify(steps[index]!.op)}`);
    }
  });

  it('is told from a true one by a single scenario among all', async () => {
    const copy = scenarios.with(-1, { ...scenarios.at(-1)!, max_restarts: 0 });
    const { status, out } = await replay('--plan', file('one.jsonl.gz', gzipSync(lines(copy))));
    expect(status).toBe(1);
    expect(out.at(-1)).toMatch(/^1500 scenarios, 12326 steps, [1-9]\d* mismatches$/);
  });

  it('may have the children of a dynamic supervisor end in another order, but what came before in no other', async () => {
    const spec = (id: string) => ({ id, restart: 'permanent', significant: false, script: [] }) as const;
    const seen = { reply: 'ok', children: [], counts: null, sup_exit: 'shutdown' };
    const scenario = (...events: Step['events']): Scenario => ({
      kind: 'dynamic',
      seed: 1,
      max_restarts: 0,
      steps: [
        ...['k1', 'k2', 'k3'].map((id, index, ids): Step => {
          const counts = { specs: index + 1, active: index + 1, supervisors: 0, workers: index + 1 };
          return {
            op: ['start', spec(id)],
            reply: 'ok_pid',
            events: [['start', id]],
            children: ids.slice(0, index + 1),
            counts,
            sup_exit: null,
          };
        }),
        { op: ['exit', 'k1', 'shutdown'], events, ...seen },
      ],
    });
    const [k1, k2, k3] = ['k1', 'k2', 'k3'].map((id) => ['exit', id, 'shutdown'] as const);
    const mismatches = async (...events: Step['events']) =>
      (await compare([scenario(...events)], (setting) => new PlanEngine(setting))).mismatches.length;
    expect(await mismatches(k1!, k2!, k3!)).toBe(0);
    expect(await mismatches(k1!, k3!, k2!)).toBe(0);
    expect(await mismatches(k2!, k1!, k3!)).toBe(1);
  });

  it('is shown by its first ten differences, and counted to the last', async () => {
    const copy = scenarios
      .slice(0, 12)
      .map((one) => ({ ...one, steps: one.steps.map((step) => ({ ...step, reply: 'x' })) }));
    const steps = copy.reduce((sum, one) => sum + one.steps.length, 0);
    const { out } = await replay('--plan', file('wrong.jsonl', lines(copy)));
    expect(out).toHaveLength(12);
    expect(out.at(-2)).toBe(`... and ${steps - 10} more`);
    expect(out.at(-1)).toBe(`12 scenarios, ${steps} steps, ${steps} mismatches`);
  });

  it('is told from a true one when it has the engine do what cannot be done', async () => {
    const throwing = () => ({
      perform() {
        throw new Error('cannot');
      },
    });
    const { mismatches } = await compare(scenarios.slice(0, 1), throwing);
    expect(mismatches[0]).toMatchObject({ step: 0, got: new Error('cannot') });
  });
});

describe('a command line that makes no sense', () => {
  it.each([[[]], [['--plan']], [['--plain', recording]], [['toString', recording]], [['--plan', recording, 'more']]])(
    'is answered with the usage: %j',
    async (args) => {
      const { status, out, err } = await replay(...args);
      expect({ status, out }).toEqual({ status: 2, out: [] });
      expect(err.join()).toContain('Usage: npm run otp-replay -- --plan|--actors FILE');
    },
  );

  const [{ steps, ...setting }] = scenarios as [Scenario, ...Scenario[]];
  const withStep = (step: object) => lines([{ ...setting, steps: [{ ...steps[0], ...step }] }]);

  it.each([
    ['nothing', '', 'no scenario'],
    ['no JSON', `${lines([scenarios[0]])}\n{`, 'line 2'],
    ['no scenario', '[]', 'line 1: not an object'],
    ['an unknown kind', lines([{ ...setting, kind: 'x', steps }]), 'line 1: kind makes no sense: "x"'],
    ['no intensity', lines([{ ...setting, max_restarts: -1, steps }]), 'max_restarts'],
    ['an unknown strategy', lines([{ ...setting, strategy: 'x', steps }]), 'strategy'],
    ['no children', lines([{ ...setting, children: undefined, steps }]), 'children'],
    [
      'a script that is none',
      lines([{ ...setting, extra: { ...setting.extra, script: ['x'] }, steps }]),
      'script of x',
    ],
    ['no steps', lines([setting]), 'steps'],
    ['an unknown operation', withStep({ op: ['x'] }), 'op of step 0'],
    ['an operation without its child', withStep({ op: ['exit', 'a'] }), 'op of step 0'],
    ['an unknown child to start', withStep({ op: ['start', 'y'] }), 'op of step 0'],
    ['a reply that is none', withStep({ reply: 1 }), 'reply of step 0'],
    ['events that are none', withStep({ events: ['start'] }), 'events of step 0'],
    ['counts that are none', withStep({ counts: 1 }), 'counts of step 0'],
  ])('is answered with what is wrong about the file: %s', async (_, content, message) => {
    const { status, out, err } = await replay('--plan', file('bad.jsonl', content));
    expect({ status, out }).toEqual({ status: 2, out: [] });
    expect(err.join()).toContain(message);
  });

  it('is answered with why the file cannot be read', async () => {
    const missing = await replay('--plan', join(folder, 'missing.jsonl'));
    expect(missing.err.join()).toContain('ENOENT');
    const broken = await replay(
      '--plan',
      file('broken.jsonl.gz', gzipSync(lines(scenarios.slice(0, 5))).subarray(0, 200)),
    );
    expect([missing.status, broken.status]).toEqual([2, 2]);
  });
});
