import { supervisor } from '../src/index.ts';
import type { ChildSpec, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { scripted, worker } from './support/workers.ts';

const src = worker();
const plain = (id: string): ChildSpec => ({ id, src });
const temporary = (id: string): ChildSpec => ({ id, src, restart: 'temporary', significant: true });
const transient = (id: string): ChildSpec => ({ id, src, restart: 'transient', significant: true });

const scene = (children: ChildSpec[], options: SupervisorOptions) =>
  new Scene((logger) => supervisor({ logger, ...options, children }));

describe('autoShutdown: any_significant', () => {
  const any = { autoShutdown: 'any_significant' } as const;

  it.each([
    ['finish', 'normal'],
    ['crash', 'error'],
  ] as const)('shuts down when a temporary significant child has ended, however that was: %s', (how, reason) => {
    const it = scene([plain('a'), temporary('t'), plain('b')], any);
    it.take();
    it[how]('t');
    expect(it.take()).toEqual([
      `t exited 1 ${reason}`,
      'b exited 1 shutdown',
      'a exited 1 shutdown',
      'stopped auto_shutdown',
    ]);
    expect([it.status, it.state]).toEqual(['done', 'stopped']);
  });

  it('shuts down when a transient significant child has ended well, and restarts it when it has crashed', () => {
    const it = scene([plain('a'), transient('t')], any);
    it.crash('t');
    expect(it.table()).toBe('a running 1, t running 2');
    it.finish('t');
    expect(it.status).toBe('done');
  });

  it('is not moved by a child that is not significant', () => {
    const it = scene([{ ...plain('a'), restart: 'temporary' }, transient('t')], any);
    it.finish('a');
    expect(it.status).toBe('active');
  });

  it('is not moved by a child that is terminated', () => {
    const it = scene([temporary('t'), transient('u')], any);
    it.tell({ type: 'child.terminate', id: 't' });
    it.tell({ type: 'child.terminate', id: 'u' });
    expect([it.status, it.table()]).toEqual(['active', 'u stopped 1']);
  });

  it('is not moved by a child that its group took along', () => {
    const it = scene([plain('a'), temporary('t'), transient('u')], { ...any, strategy: 'one_for_all' });
    it.crash('a');
    expect([it.status, it.table()]).toEqual(['active', 'a running 2, u running 2']);
  });

  it('is not moved by a child that is ignored', () => {
    const it = scene([plain('a'), { ...transient('t'), ...scripted('ignore') }], any);
    expect([it.status, it.table()]).toEqual(['active', 'a running 1, t stopped 0']);
  });

  it('shuts down as soon as it has started, when a significant child is done at once', () => {
    const it = scene([{ ...temporary('t'), ...scripted('end') }, plain('a')], any);
    expect(it.take()).toEqual([
      't started 1',
      'a started 1',
      't exited 1 normal',
      'a exited 1 shutdown',
      'stopped auto_shutdown',
    ]);
  });

  it('takes a significant child that is started later into account', () => {
    const it = scene([plain('a')], any);
    expect(it.tell({ type: 'child.start', spec: temporary('t') })).toBe('started');
    it.finish('t');
    expect(it.status).toBe('done');
  });
});

describe('autoShutdown: all_significant', () => {
  const all = { autoShutdown: 'all_significant' } as const;

  it('shuts down when the last significant child has ended', () => {
    const it = scene([plain('a'), temporary('t'), transient('u'), temporary('v')], all);
    it.finish('u');
    it.crash('t');
    expect(it.status).toBe('active');
    it.finish('v');
    expect(it.status).toBe('done');
    expect(it.take().at(-1)).toBe('stopped auto_shutdown');
  });

  it('waits for one that is restarting', () => {
    const it = scene([temporary('t'), transient('u')], {
      ...all,
      backoff: { minMs: 100, maxMs: 100, jitter: 'none' },
    });
    it.crash('u');
    it.finish('t');
    expect([it.status, it.table()]).toEqual(['active', 'u restarting 1']);
    it.pass(100);
    it.finish('u');
    expect(it.status).toBe('done');
  });

  it('counts one that was terminated as done, though that alone does not shut it down', () => {
    const it = scene([temporary('t'), transient('u')], all);
    it.tell({ type: 'child.terminate', id: 'u' });
    expect(it.status).toBe('active');
    it.finish('t');
    expect(it.status).toBe('done');
  });

  it('lives on with no significant child left, when the last was terminated', () => {
    const it = scene([plain('a'), temporary('t')], all);
    it.tell({ type: 'child.terminate', id: 't' });
    it.crash('a');
    expect([it.status, it.table()]).toEqual(['active', 'a running 2']);
  });

  it('may find one that had finished revived by its group', () => {
    const it = scene([plain('a'), transient('t'), transient('u')], { ...all, strategy: 'one_for_all' });
    it.finish('t');
    it.crash('a');
    it.finish('u');
    expect([it.status, it.table()]).toEqual(['active', 'a running 2, t running 2, u stopped 2']);
    it.finish('t');
    expect(it.status).toBe('done');
  });
});

describe('autoShutdown of a nested supervisor', () => {
  const inner = (spec: Partial<ChildSpec>): ChildSpec => ({
    id: 'inner',
    src: supervisor({ logger: () => {}, autoShutdown: 'any_significant', children: [temporary('t'), plain('x')] }),
    ...spec,
  });

  it('goes on upwards where it is significant itself', () => {
    const it = scene([plain('a'), inner({ restart: 'transient', significant: true })], {
      autoShutdown: 'any_significant',
    });
    it.finish('t');
    expect(it.all('child.exited')).toMatchObject([
      { id: 'inner', reason: 'normal' },
      { id: 'a', reason: 'shutdown' },
    ]);
    expect([it.status, it.take().at(-1)]).toEqual(['done', 'stopped auto_shutdown']);
  });

  it('ends there where it is not', () => {
    const it = scene([plain('a'), inner({ restart: 'transient' })], { autoShutdown: 'any_significant' });
    it.finish('t');
    expect([it.status, it.table()]).toEqual(['active', 'a running 1, inner stopped 1']);
  });

  it('makes a loop of restarts where it is permanent', () => {
    const it = scene([inner({})], { intensity: { maxRestarts: 1 } });
    it.finish('t');
    it.finish('t');
    expect([it.status, it.error.code]).toEqual(['error', 'gave_up']);
  });

  it('happens too when a significant supervisor in it has given up, if that is transient', () => {
    const hopeless = supervisor({ logger: () => {}, intensity: { maxRestarts: 0 }, children: [plain('x')] });
    const it = scene([{ id: 'inner', src: hopeless, restart: 'transient', significant: true }, plain('a')], {
      autoShutdown: 'all_significant',
    });
    it.crash('x');
    expect(it.take().slice(-3)).toEqual(['inner exited 1 shutdown', 'a exited 1 shutdown', 'stopped auto_shutdown']);
  });
});
