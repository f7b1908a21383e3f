import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { createSessionHost, sessionTree } from '../../src/index.ts';
import type { RestartType, Shutdown, Strategy } from '../../src/index.ts';
import { fromProcess } from '../../src/node/index.ts';
import { living, nobodyLeft, send, sh } from '../support/processes.ts';

jest.setTimeout(120_000);

const scripts = [
  'sleep 1000 & wait',
  `trap '' TERM; sleep 1000 & wait`,
  `sh -c "trap '' TERM; sleep 1000" & sh -c 'sleep 1000 & sleep 1000 & wait' & read line; exit 1`,
  '(sleep 1000 &); (sleep 1000 > /dev/null 2>&1 &); exit 1',
  'timeout 1000 sleep 1000 & setsid -w true; sleep 0.01; exit 0',
  `trap 'sleep 0.01; exit' TERM; sleep 1000 & wait`,
  'while :; do sleep 0.05 & sleep 0.002; done',
  'kill -STOP $$',
];
const signals = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGSTOP'] as const;

type Act =
  | { readonly type: 'open'; readonly script: string }
  | { readonly type: 'stop' | 'restart' | 'end'; readonly of: number }
  | { readonly type: 'signal'; readonly of: number; readonly signal: NodeJS.Signals }
  | { readonly type: 'kill'; readonly of: number; readonly signal: NodeJS.Signals }
  | { readonly type: 'wait'; readonly turns: number };

const of = fc.nat(99);
const is = <T extends string>(...types: T[]) => fc.constantFrom(...types);
const signal = fc.constantFrom(...signals);
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: is('open'), script: fc.constantFrom(...scripts) }),
  fc.record({ type: is('stop', 'restart', 'end'), of }),
  fc.record({ type: is('signal', 'kill'), of, signal }),
  fc.record({ type: is('wait'), turns: fc.integer({ min: 1, max: 30 }) }),
);
const anyRound = fc.record({
  open: fc.array(fc.constantFrom(...scripts), { minLength: 1, maxLength: 2 }),
  acts: fc.array(anyAct, { minLength: 2, maxLength: 6 }),
  strategy: fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one'),
  restart: fc.constantFrom<RestartType>('permanent', 'transient', 'temporary'),
  shutdown: fc.constantFrom<Shutdown>('brutal_kill', 0, 20, 50),
  isForced: fc.boolean(),
});

/** What one picks of many. */
const pick = <T>(many: readonly T[], n: number): T | undefined => many[n % many.length];

it('Random crashes and stops leave nobody behind, in 100 rounds', async () => {
  const round = fc.asyncProperty(anyRound, async ({ open, acts, strategy, restart, shutdown, isForced }) => {
    const session = sessionTree<{ script: string }>({
      children: ({ session: { config } }) => [
        { id: 'script', src: fromProcess(sh(config.script)), restart, shutdown },
        { id: 'other', src: fromProcess(sh('sleep 1000 & sleep 1000')), restart, shutdown },
      ],
      strategy,
      logger() {},
    });
    const host = createSessionHost<typeof session, { script: string }>({ session, projectPaths: 'text', logger() {} });
    const answers: Promise<unknown>[] = [];
    let opened = 0;
    const act: { readonly [T in Act['type']]: (act: Act & { readonly type: T }) => unknown } = {
      open({ script }) {
        const id = `s${opened++}`;
        answers.push(host.startSession({ projectPath: `/${id}`, id, config: { script } }));
      },
      stop: ({ of }) => answers.push(host.stopSession(pick(host.ids(), of) ?? '')),
      restart: ({ of }) => answers.push(host.restartSession(pick(host.ids(), of) ?? '')),
      end: ({ of }) => host.whereis(pick(host.ids(), of) ?? '', 'script')?.send({ type: 'process.end' }),
      signal: ({ of, signal }) =>
        host.whereis(pick(host.ids(), of) ?? '', 'script')?.send({ type: 'process.signal', signal }),
      kill({ of, signal }) {
        const victim = pick(living(), of);
        if (victim !== undefined) send(victim.pid, signal);
      },
      async wait({ turns }) {
        for (let passed = 0; passed < turns; passed++) await turn();
      },
    };
    for (const script of open) act.open({ type: 'open', script });
    for (const each of acts) await act[each.type](each as never);
    if (isForced) host.actor.stop();
    await host.close();
    await Promise.all(answers);
    // By force nobody is waited for.
    if (isForced) await nobodyLeft();
    expect(living()).toEqual([]);
  });
  await fc.assert(round, { numRuns: 100, endOnFailure: true });
});
