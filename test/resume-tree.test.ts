import { sessionTree, supervisor } from '../src/index.ts';
import type { SessionTreeOptions } from '../src/index.ts';
import { settled } from './support/answers.ts';
import { fragile, thrown } from './support/fragile.ts';
import { ofType } from './support/open-host.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';

const logger = () => {};

const treeOf = (options: Partial<SessionTreeOptions> = {}) =>
  sessionTree({
    logger,
    intensity: { maxRestarts: 1, withinMs: 1000 },
    children: () => [
      { id: 'a', src: fragile },
      { id: 'inner', src: supervisor({ logger, children: [{ id: 'x', src: fragile }] }) },
      { id: 'brief', src: fragile, restart: 'temporary' },
    ],
    ...options,
  });

async function begun(options: Partial<SessionTreeOptions> = {}) {
  const line = new SuccessiveHosts({ session: treeOf(options), intensity: { maxRestarts: 0 } });
  await line.begin().open('s1');
  const child = (id = 'a') => line.test.host.whereis('s1', id)!;
  const count = (id?: string) => (child(id).getSnapshot() as { context: { count: number } }).context.count;
  return { line, child, count };
}

describe.each(['close', 'kill'] as const)('A session tree that comes back after a %s', (how) => {
  const next = async (line: Awaited<ReturnType<typeof begun>>['line'], downMs = 0) => {
    await settled();
    if (how === 'kill') line.kill();
    else await line.close();
    line.begin({}, downMs);
    return line.resume();
  };

  it('has its children with their own states, found by their ids', async () => {
    const { line, child, count } = await begun();
    child().send({ type: 'count' });
    const before = child();
    await next(line);
    expect(child()).not.toBe(before);
    expect([count(), count('brief')]).toEqual([1, 0]);
    child().send({ type: 'count' });
    expect(count()).toBe(2);
    await next(line);
    expect([count(), count('brief')]).toEqual([2, 0]);
  });

  it('has no child that was over', async () => {
    const { line, child } = await begun();
    child('brief').send({ type: 'finish' });
    expect(child('brief')).toBeUndefined();
    await next(line);
    expect(child('brief')).toBeUndefined();
    expect(child('inner')).toBeDefined();
  });

  it.each([
    [999, 'session.failed'],
    [1002, undefined],
  ])('has the budget that it had: of a crash after %d ms comes %s', async (downMs, end) => {
    const { line, child } = await begun();
    child().send(thrown);
    await next(line, downMs);
    child().send(thrown);
    await settled();
    expect(ofType(line.test.events, 'session.failed').map(({ type }) => type)).toEqual(end === undefined ? [] : [end]);
    expect(line.test.host.count()).toBe(end === undefined ? 1 : 0);
  });

  it('has a child that waited for its restart wait for the rest of it', async () => {
    const { line, child } = await begun({ backoff: { minMs: 100, maxMs: 100, jitter: 'none' } });
    child().send(thrown);
    await line.elapse(40);
    await next(line, 20);
    expect(child()).toBeUndefined();
    await line.elapse(39);
    expect(child()).toBeUndefined();
    await line.elapse(1);
    expect(child().getSnapshot()).toMatchObject({ status: 'active', context: { count: 0 } });
  });
});
