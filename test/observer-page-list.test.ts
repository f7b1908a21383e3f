import type { TreeNode } from '../src/observer/protocol.ts';
import { listRows } from '../src/observer/page/list/list-rows.ts';
import { rowAfterKey, scrollTopFor, windowOf } from '../src/observer/page/list/virtual-window.ts';

const session = (name: string, more: Partial<TreeNode> = {}): TreeNode => ({
  key: `runtime/sessions/${name}`,
  parent: 'runtime/sessions',
  kind: 'session',
  name,
  status: 'running',
  incarnation: 1,
  session: { id: `id-of-${name}`, projectPath: `/home/ada/${name}` },
  ...more,
});
const names = (nodes: readonly TreeNode[]): string[] => nodes.map(({ name }) => name);
const asStarted = { column: 'started', descending: false } as const;

describe('The list of sessions', () => {
  const shop = session('Shop', { state: 'open.typing', incarnation: 3, startedAt: 300 });
  const blog = session('blog', { status: 'restarting', startedAt: undefined });
  const docs = session('docs', { status: 'gave_up', incarnation: 9, startedAt: 100 });
  const all = [shop, blog, docs];

  it('is searched by name, path, id, state and status, whatever their case', () => {
    const search = (query: string): string[] => names(listRows(all, query, asStarted));
    expect(search('shop')).toEqual(['Shop']);
    expect(search('ada/b')).toEqual(['blog']);
    expect(search('ID-OF-DOCS')).toEqual(['docs']);
    expect(search('typing')).toEqual(['Shop']);
    expect(search('restarting')).toEqual(['blog']);
    expect(search('ada gave')).toEqual(['docs']);
    expect(search('  ')).toHaveLength(3);
    expect(search('shop blog')).toEqual([]);
  });

  it('sees a node that has changed', () => {
    expect(listRows([shop], 'thinking', asStarted)).toEqual([]);
    expect(listRows([{ ...shop, state: 'open.thinking' }], 'thinking', asStarted)).toHaveLength(1);
  });

  it('is sorted by a column, either way', () => {
    const sorted = (column: 'name' | 'status' | 'restarts' | 'uptime', descending: boolean): string[] =>
      names(listRows(all, '', { column, descending }));
    expect(sorted('name', false)).toEqual(['Shop', 'blog', 'docs']);
    expect(sorted('status', true)).toEqual(['docs', 'blog', 'Shop']);
    expect(sorted('restarts', true)).toEqual(['docs', 'Shop', 'blog']);
    expect(sorted('uptime', true)).toEqual(['docs', 'Shop', 'blog']);
  });
});

describe('The window of a long list', () => {
  const at = (scrollTop: number, rows = 10_000) => ({ rows, rowHeight: 50, height: 500, scrollTop });

  it('has what is in sight, and some beyond', () => {
    expect(windowOf(at(0))).toEqual({ first: 0, end: 18 });
    expect(windowOf(at(5000))).toEqual({ first: 92, end: 118 });
    expect(windowOf(at(10_000 * 50 - 500))).toEqual({ first: 9982, end: 10_000 });
  });

  it('is empty where the list is, or has become shorter than it is scrolled', () => {
    expect(windowOf(at(0, 0))).toEqual({ first: 0, end: 0 });
    expect(windowOf(at(9000, 3))).toEqual({ first: 3, end: 3 });
  });

  it('is scrolled no further than a row needs', () => {
    expect(scrollTopFor(3, at(0))).toBe(0);
    expect(scrollTopFor(10, at(0))).toBe(50);
    expect(scrollTopFor(10, at(1000))).toBe(500);
  });

  it('is walked by keys', () => {
    expect(rowAfterKey('ArrowDown', 4, at(0))).toBe(5);
    expect(rowAfterKey('ArrowUp', 0, at(0))).toBe(0);
    expect(rowAfterKey('ArrowDown', -1, at(0))).toBe(0);
    expect(rowAfterKey('PageDown', 4, at(0))).toBe(13);
    expect(rowAfterKey('PageUp', 4, at(0))).toBe(0);
    expect(rowAfterKey('End', 4, at(0))).toBe(9999);
    expect(rowAfterKey('Home', 4, at(0))).toBe(0);
    expect(rowAfterKey('x', 4, at(0))).toBeUndefined();
    expect(rowAfterKey('End', -1, at(0, 0))).toBeUndefined();
  });
});
