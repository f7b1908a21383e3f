import { createMachine } from 'xstate';
import { projectMachine } from '../examples/workbench/project-machine.ts';
import { chartOf } from '../src/observer/view/chart.ts';
import { activePaths } from '../src/observer/page/statechart/active.ts';
import type { Shape } from '../src/observer/page/statechart/box.ts';
import type { Rectangle } from '../src/observer/page/statechart/geometry.ts';
import { layout } from '../src/observer/page/statechart/layout.ts';
import type { Layout } from '../src/observer/page/statechart/layout.ts';
import { headOf, pathOf } from '../src/observer/page/statechart/path-of.ts';
import type { Chart } from '../src/observer/protocol.ts';

const laid = (config: object): Layout => layout(chartOf(createMachine(config as never))!);
const shapesOf = (shape: Shape): Shape[] => [shape, ...shape.shapes.flatMap(shapesOf)];
const shapeAt = ({ root }: Layout, path: string) => shapesOf(root).find(({ chart }) => chart.path === path)!;
const wordsOf = ({ lines }: { lines: Shape['lines'] }) =>
  lines.map(({ parts }) => parts.map(({ text }) => text).join(''));
const textsOf = ({ root }: Layout, path: string) => wordsOf(shapesOf(root).find(({ chart }) => chart.path === path)!);

const contains = (outer: Rectangle, inner: Rectangle, by = 0) =>
  inner.x >= outer.x + by &&
  inner.y >= outer.y + by &&
  inner.x + inner.width <= outer.x + outer.width - by &&
  inner.y + inner.height <= outer.y + outer.height - by;
const overlap = (a: Rectangle, b: Rectangle) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** What a designer would object to. */
function faultsOf(chart: Layout): string[] {
  const faults: string[] = [];
  const shapes = shapesOf(chart.root);
  for (const { chart: around, shapes: inner, ...box } of shapes) {
    inner.forEach((one, index) => {
      if (!contains(box, one, 8)) faults.push(`${one.chart.path} is not in ${around.path}`);
      for (const other of inner.slice(index + 1)) {
        if (overlap(one, other)) faults.push(`${one.chart.path} is over ${other.chart.path}`);
      }
    });
  }
  chart.arrows.forEach(({ source, target, runs, label }, index) => {
    const name = `${source} > ${target}`;
    const leaves = shapes.filter((shape) => shape.shapes.length === 0);
    for (const leaf of leaves) {
      if (overlap(leaf, label)) faults.push(`the label of ${name} is over ${leaf.chart.path}`);
      const isEnd = leaf.chart.path === source || leaf.chart.path === target;
      for (const { x, from, to } of runs) {
        const run = { x, y: Math.min(from, to) + 1, width: 0, height: Math.abs(to - from) - 2 };
        if (!isEnd && overlap(leaf, run)) faults.push(`${name} runs through ${leaf.chart.path}`);
      }
    }
    for (const other of chart.arrows.slice(index + 1)) {
      if (overlap(label, other.label)) faults.push(`the labels of ${name} and ${other.source} > ${other.target}`);
    }
    const [start, end] = [shapeAt(chart, source), shapeAt(chart, target)];
    const touches = (box: Rectangle, x: number, y: number) =>
      x > box.x && x < box.x + box.width && Math.min(Math.abs(y - box.y), Math.abs(y - box.y - box.height)) < 0.01;
    if (!touches(start, runs[0]!.x, runs[0]!.from)) faults.push(`${name} does not begin at its source`);
    if (!touches(end, runs.at(-1)!.x, runs.at(-1)!.to)) faults.push(`${name} does not end at its target`);
  });
  return faults;
}

const checkout = {
  id: 'checkout',
  initial: 'cart',
  on: { reset: '.cart', 'log.*': { actions: 'log' } },
  states: {
    cart: {
      initial: 'viewing',
      states: {
        viewing: {
          on: { coupon: 'coupon', pay: { guard: 'isNotEmpty', target: '#paying.card' }, add: { actions: 'add' } },
        },
        coupon: { on: { submit: 'viewing', cancel: 'viewing', quit: '#checkout' } },
      },
    },
    paying: {
      initial: 'method',
      id: 'paying',
      states: {
        method: { on: { card: 'card', again: { target: 'method', reenter: true } } },
        card: { after: { 500: '#declined' }, on: { back: '#checkout.cart.coupon' } },
        done: { type: 'final' },
        last: { type: 'history' },
      },
      onDone: 'sending',
    },
    declined: { id: 'declined', on: { retry: 'paying.last' } },
    sending: {
      type: 'parallel',
      states: {
        parcel: {
          initial: 'packing',
          states: { packing: { on: { sent: 'there', lost: '#declined' } }, there: { type: 'final' } },
        },
        invoice: { initial: 'writing', states: { writing: { on: { written: 'there' } }, there: { type: 'final' } } },
      },
    },
  },
};

describe('The layout of a chart', () => {
  it('has no box over another, and no label or arrow over a box', () => {
    expect(faultsOf(laid(checkout))).toEqual([]);
    expect(faultsOf(layout(chartOf(projectMachine)!))).toEqual([]);
  });

  it('is as tidy for machines that nobody has drawn', () => {
    let seed = 1;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const invent = (depth: number, keys: string[]): object =>
      Object.fromEntries(
        keys.map((key) => {
          const targets = Array.from({ length: random(4) }, (_, index) => [
            `event.${index}`,
            keys[random(keys.length)],
          ]);
          const inner = depth > 0 && random(3) === 0 ? ['p', 'q', 'r'].slice(0, 1 + random(3)) : [];
          const states = inner.length > 0 ? { initial: inner[0], states: invent(depth - 1, inner) } : {};
          return [key, { on: Object.fromEntries(targets), entry: Array(random(3)).fill('act'), ...states }];
        }),
      );
    for (let round = 0; round < 40; round += 1) {
      const keys = 'abcdefgh'.slice(0, 1 + random(8)).split('');
      expect(faultsOf(laid({ id: 'random', initial: 'a', states: invent(2, keys) }))).toEqual([]);
    }
  });

  it('draws all between two states as one arrow, with a line for each', () => {
    const { arrows } = laid({
      initial: 'a',
      states: { a: { on: { x: 'b', y: { guard: 'g', target: 'b', actions: 'act' } } }, b: {} },
    });
    expect(arrows).toHaveLength(1);
    expect(wordsOf(arrows[0]!.label)).toEqual(['x', 'y [g] / act']);
  });

  it('leads an arrow to a state that lies deeper across the borders around it', () => {
    const { arrows } = laid(checkout);
    expect(arrows.map(({ source, target }) => `${source} > ${target}`)).toEqual(
      expect.arrayContaining([
        'cart.viewing > paying.card',
        'paying.card > declined',
        'paying.card > cart.coupon',
        'declined > paying.last',
        'sending.parcel.packing > declined',
      ]),
    );
  });

  it('tells within a box what stays there, or leads to where it is or what it holds', () => {
    const chart = laid(checkout);
    expect(textsOf(chart, '')).toEqual(['reset → cart', 'log.* / log']);
    expect(textsOf(chart, 'cart.viewing')).toEqual(['add / add']);
    expect(textsOf(chart, 'cart.coupon')).toEqual(['quit → checkout']);
    expect(textsOf(chart, 'paying.method')).toEqual(['again → itself']);
  });

  it('draws a machine without states as one box with all that it does', () => {
    const chart = laid({
      entry: 'greet',
      exit: 'leave',
      invoke: { src: 'watch' },
      tags: 'busy',
      on: { go: { actions: 'x' } },
    });
    expect(chart.root.title).toBe('machine');
    expect(chart.arrows).toEqual([]);
    expect(textsOf(chart, '')).toEqual(['#busy', 'entry / greet', 'invoke / watch', 'exit / leave', 'go / x']);
  });

  it('says that an event is ignored, and counts what has no room', () => {
    const on = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`e${index}`, { actions: 'x' }]));
    const texts = textsOf(laid({ on: { none: undefined, ...on } }), '');
    expect(texts[0]).toBe('none is ignored');
    expect(texts.at(-1)).toBe('and 11 more');
  });

  it('cuts long words, and keeps the whole for a tooltip', () => {
    const event = 'event.'.repeat(15);
    const { lines, width } = laid({ on: { [event]: { actions: 'x' } } }).root;
    expect(wordsOf({ lines })[0]).toMatch(/…$/);
    expect(lines[0]!.full).toBe(`${event} / x`);
    expect(width).toBeLessThan(300);
  });

  it('copes with targets that are not in the chart, and paths that are there twice', () => {
    const state = (path: string, more: Partial<Chart> = {}): Chart => ({
      ...{ key: path, path, type: 'atomic', entry: [], exit: [], invokes: [], tags: [], transitions: [], states: [] },
      ...more,
    });
    const go = { label: 'go', event: 'go', actions: [], targets: ['gone'] };
    const twice = [state('a', { transitions: [go] }), state('a', { transitions: [go] })];
    const chart = layout(state('', { type: 'compound', initial: 'none', states: twice }));
    expect(textsOf(chart, 'a')).toEqual(['go → gone']);
    expect(layout(state('', { type: 'parallel' })).arrows).toEqual([]);
  });

  const ring = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `s${i}`,
        { on: { next: `s${(i + 1) % count}`, jump: `s${(i * 7) % count}` } },
      ]),
    );

  it('lists arrows that nobody could follow in their states', () => {
    const chart = laid({ initial: 's0', states: ring(200) });
    expect(chart.arrows).toEqual([]);
    expect(textsOf(chart, '')).toEqual(['too many arrows: listed in the states']);
    expect(textsOf(chart, 's2')).toEqual(['next → s3', 'jump → s14']);
    expect(faultsOf(chart)).toEqual([]);
  });

  it('takes no longer than a person waits, however large the machine is', () => {
    const leads = (from: number, to: number) => ({ [`event.${to}`]: `s${Math.min(to, 498)}`, back: `s${from >> 1}` });
    const tree = Object.fromEntries(
      Array.from({ length: 499 }, (_, i) => [`s${i}`, { on: { ...leads(i, 2 * i + 1), ...leads(i, 2 * i + 2) } }]),
    );
    const deep = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [
        `s${i}`,
        { initial: 's0', states: ring(23), on: { go: `s${(i * 3) % 20}` } },
      ]),
    );
    for (const states of [ring(499), tree, deep]) {
      const started = performance.now();
      laid({ initial: 's0', states });
      // Half a second to a second, on a machine that does nothing else.
      expect(performance.now() - started).toBeLessThan(8_000);
    }
  }, 30_000);
});

describe('A path of SVG', () => {
  it('is straight along the runs, and curved between', () => {
    const runs = [
      { x: 10, from: 0, to: 4 },
      { x: 30, from: 24, to: 40 },
    ];
    expect(pathOf(runs)).toBe('M10,0V4C10,14 30,14 30,24V40');
    expect(headOf(runs)).toBe('M25.5,32L30,40L34.5,32Z');
  });
});

describe('The active states', () => {
  it.each([
    [undefined, []],
    ['open', ['', 'open']],
    [{ open: { typing: {} } }, ['', 'open', 'open.typing']],
    [{ bold: 'on', italic: 'off' }, ['', 'bold', 'bold.on', 'italic', 'italic.off']],
    [{}, ['']],
  ])('of %j', (value, paths) => expect([...activePaths(value as never)]).toEqual(paths));
});
