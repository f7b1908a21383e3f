import type { LifecycleEntry } from '../src/observer/protocol.ts';
import { announcementOf } from '../src/observer/page/announcement.ts';
import { gistOf } from '../src/observer/page/stream/event-gist.ts';
import { countsByType, streamRows } from '../src/observer/page/stream/stream-rows.ts';

const entry = (n: number, type: string, more: Partial<LifecycleEntry> = {}): LifecycleEntry => ({
  n,
  at: n,
  type,
  ...more,
});
const shop = { id: 's-1', name: 'corner shop' };
const broken = { name: 'Error', message: 'it broke', code: 'EIO' };

describe('The stream', () => {
  const events = [
    entry(1, 'session.started', { session: shop }),
    entry(2, 'session.crashed', { session: shop, error: broken }),
    entry(5, 'dead_letter', { more: { event: { type: 'user.message' }, reason: 'stopped' } }),
  ];
  const shown = (query: Partial<Parameters<typeof streamRows>[2]>): number[] =>
    streamRows(events, [{ n: 5, count: 2 }], { text: '', types: new Set(), ...query }).map(({ n }) => n);

  it('is newest first, with what was lost in its place', () => {
    expect(shown({})).toEqual([5, 4.5, 2, 1]);
  });

  it('is filtered by all that one can read in it', () => {
    expect(shown({ text: 'CORNER' })).toEqual([4.5, 2, 1]);
    expect(shown({ text: 'broke eio' })).toEqual([4.5, 2]);
    expect(shown({ text: 'user.message' })).toEqual([5, 4.5]);
    expect(shown({ types: new Set(['dead_letter', 'session.started']) })).toEqual([5, 4.5, 1]);
  });

  it('stands still while it is paused', () => {
    expect(shown({ until: 2 })).toEqual([2, 1]);
  });

  it('counts its types', () => {
    expect(countsByType([...events, entry(6, 'dead_letter')])).toEqual([
      ['dead_letter', 2],
      ['session.crashed', 1],
      ['session.started', 1],
    ]);
  });

  it('says in a line what there is to an event', () => {
    expect(gistOf(entry(1, 'session.started'))).toBe('');
    expect(gistOf(events[2]!)).toBe('user.message · stopped');
    expect(gistOf(entry(1, 'session.crashed', { incarnation: 2, error: broken, delayMs: 400 }))).toBe(
      'it broke · incarnation 2 · restarts in 400 ms',
    );
    expect(gistOf(entry(1, 'session.stopped', { more: { reason: 'normal', output: { files: 3 } } }))).toBe(
      'normal · output { files: 3 }',
    );
    expect(gistOf(entry(1, 'other', { more: [1, 2] }))).toBe('[1, 2]');
  });
});

describe('What is announced', () => {
  const crash = (n: number, name: string): LifecycleEntry =>
    entry(n, 'session.crashed', { session: { id: name, name }, error: broken });

  it('is nothing, where none crashed', () => {
    expect(announcementOf([entry(1, 'session.started', { session: shop })])).toBeUndefined();
  });

  it('names the one that crashed, and counts where there are more', () => {
    expect(announcementOf([crash(1, 'shop'), crash(2, 'shop')])).toBe('shop crashed: it broke');
    expect(announcementOf([crash(1, 'shop'), crash(2, 'blog')])).toBe('2 sessions crashed, the last of them blog');
  });

  it('tells of one that was given up', () => {
    expect(announcementOf([entry(1, 'session.failed', { session: shop })])).toBe(
      'corner shop has crashed too often and was given up',
    );
  });
});
