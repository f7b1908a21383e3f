import type { TreeNode } from '../src/observer/protocol.ts';
import { changeTree, emptyTree } from '../src/observer/page/state/tree-state.ts';
import { keyedMove } from '../src/observer/page/tree/keyed-move.ts';
import { shownTree } from '../src/observer/page/tree/shown-tree.ts';
import type { ShownNode, ShownTreeOptions } from '../src/observer/page/tree/shown-tree.ts';
import type { PlacedNode } from '../src/observer/page/tree/tree-layout.ts';

const node = (key: string, kind: TreeNode['kind'] = 'worker'): TreeNode => ({
  key,
  ...(key.includes('/') && { parent: key.slice(0, key.lastIndexOf('/')) }),
  kind,
  name: key,
  status: 'running',
  incarnation: 1,
});

function show(nodes: TreeNode[], options: Partial<ShownTreeOptions> = {}): ShownNode {
  const tree = emptyTree();
  changeTree(tree, { nodes, gone: [] });
  return shownTree(tree, { limit: 4, expanded: new Map(), interest: () => 0, ...options })!;
}

const keys = ({ children }: ShownNode): string[] => children.map(({ key }) => key);
const sessions = (count: number): TreeNode[] => [
  node('r', 'supervisor'),
  ...Array.from({ length: count }, (_, at) => node(`r/${at}`, 'session')),
];

describe('The picture of the tree', () => {
  it('is none without a root', () => {
    expect(shownTree(emptyTree(), { limit: 4, expanded: new Map(), interest: () => 0 })).toBeUndefined();
  });

  it('shows all where they are few, and says how many are left out', () => {
    expect(keys(show(sessions(4)))).toEqual(['r/0', 'r/1', 'r/2', 'r/3']);
    const { children } = show(sessions(10_000));
    expect(children).toHaveLength(5);
    expect(children.at(-1)).toEqual({ key: 'r/…', count: 9996, expanded: false, children: [] });
  });

  it('prefers the interesting ones, and leaves them in their order', () => {
    const interest = ({ key }: TreeNode): number => ({ 'r/9': 1, 'r/70': 3, 'r/60': 2 })[key] ?? 0;
    expect(keys(show(sessions(100), { interest }))).toEqual(['r/0', 'r/9', 'r/60', 'r/70', 'r/…']);
    const all = (): number => 1;
    expect(keys(show(sessions(100), { interest: all }))).toEqual(['r/0', 'r/1', 'r/2', 'r/3', 'r/…']);
  });

  it('has sessions open where they are few, and everything as it was opened or closed by hand', () => {
    const few = [...sessions(2), node('r/0/editor')];
    expect(keys(show(few).children[0]!)).toEqual(['r/0/editor']);
    const many = [...sessions(9), node('r/0/editor')];
    expect(show(many, { limit: 20 }).children[0]).toMatchObject({ expanded: false, count: 1, children: [] });
    const opened = show(many, { limit: 20, expanded: new Map([['r/0', true]]) });
    expect(keys(opened.children[0]!)).toEqual(['r/0/editor']);
    expect(show(few, { expanded: new Map([['r', false]]) }).children).toEqual([]);
  });
});

describe('A key in the tree', () => {
  const shown = show([...sessions(2), node('r/0/editor')]);
  const place = (each: ShownNode, parent?: PlacedNode): PlacedNode[] => {
    const placed = { shown: each, parent, level: 1, position: 1, siblings: 1, x: 0, y: 0 };
    return [placed, ...each.children.flatMap((child) => place(child, placed))];
  };
  const nodes = place(shown);
  const told = (key: string, focused: string): unknown => {
    const move = keyedMove(key, nodes, focused);
    if (!move) return undefined;
    return move.type === 'go' ? move.to.shown.key : [move.type, move.at.shown.key];
  };

  it('goes up and down by what one sees', () => {
    expect(told('ArrowDown', 'r')).toBe('r/0');
    expect(told('ArrowUp', 'r/1')).toBe('r/0/editor');
    expect(told('ArrowUp', 'r')).toBeUndefined();
    expect(told('End', 'r')).toBe('r/1');
    expect(told('Home', 'r/1')).toBe('r');
  });

  it('goes in and out, and opens and closes', () => {
    expect(told('ArrowRight', 'r/0')).toBe('r/0/editor');
    expect(told('ArrowRight', 'r/1')).toBeUndefined();
    expect(told('ArrowLeft', 'r/0/editor')).toBe('r/0');
    expect(told('ArrowLeft', 'r/0')).toEqual(['expand', 'r/0']);
    expect(told('Enter', 'r/1')).toEqual(['open', 'r/1']);
    expect(told('x', 'r/1')).toBeUndefined();
  });
});
