import { METRICS } from './box.ts';
import type { Box, Content, Plan } from './box.ts';
import type { Size } from './geometry.ts';
import { childToward } from './model.ts';
import type { Passage, State } from './model.ts';
import { place } from './pack.ts';
import type { Item, Wire } from './place-graph.ts';
import type { Line } from './text.ts';

/** The states in a compound state, and the arrows between them. */
export function level(state: State, boxes: readonly Box[], { passages, labels }: Plan): Content {
  const ids = new Map(state.states.map((inner, index) => [inner, `${index}`]));
  const toward = (end: State) => ids.get(childToward(state, end))!;
  const here = passages.get(state) ?? [];
  const items = [...boxes.map(itemOf), ...here.filter(({ as }) => as !== 'own').map(portOf)];
  const wires = here.map(({ link, as }): Wire => {
    const { id, back, source, target } = link;
    if (as === 'own')
      return { id, back, from: toward(source), to: toward(target), label: labelSize(labels.get(link)!) };
    return as === 'out'
      ? { id, back, from: toward(source), to: portId(id) }
      : { id, back, from: portId(id), to: toward(target) };
  });
  const placed = place(items, wires);
  return {
    width: placed.width,
    height: placed.height,
    boxes: boxes.map((box, index) => ({ ...box, ...cornerOf(placed.items.get(`${index}`)!) })),
    pieces: here.map((passage) => ({ ...passage, ...placed.wires.get(passage.link.id)! })),
    ports: new Map(
      items.flatMap(({ id, port }) => (port ? [[id.slice(PORT.length), middleOf(placed.items.get(id)!)]] : [])),
    ),
  };
}

const PORT = 'port ';
const portId = (link: string): string => `${PORT}${link}`;

const itemOf = ({ width, height, shape, ports }: Box, index: number): Item => ({
  id: `${index}`,
  width,
  height,
  ports,
  aside: shape.isInitial ? METRICS.initial : 0,
});

/** A link that leads down leaves below, and comes in from above. */
const portOf = ({ link, as }: Passage): Item => ({
  id: portId(link.id),
  width: 1,
  height: 1,
  port: (as === 'out') === link.back ? 'top' : 'bottom',
});

const cornerOf = ({ x, y }: { x: number; y: number }) => ({ x, y });
const middleOf = ({ x, width }: { x: number; width: number }): number => x + width / 2;

function labelSize(lines: readonly Line[]): Size {
  const { x, y, line } = METRICS.label;
  return {
    width: Math.ceil(Math.max(...lines.map(({ width }) => width)) + 2 * x),
    height: lines.length * line + 2 * y,
  };
}
