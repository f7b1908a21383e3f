import type { Scenario } from './run.ts';
import type { Branch, Leaf, Node } from './tree.ts';

/** A scenario in lines that can be read: the tree, then what befalls it. */
export function print({ tree, steps, meddling, end }: Scenario): string {
  return [
    ...lines(tree, 0),
    ...(meddling.length > 0 ? [`meddling ${JSON.stringify(meddling)}`] : []),
    ...steps.map((step) => JSON.stringify(step)),
    `end by ${end}`,
  ].join('\n');
}

function lines(node: Node, depth: number): string[] {
  const below = node.kind === 'leaf' ? (node.invoked ? [node.invoked] : []) : node.children;
  const { id, restart, shutdown, significant } = node;
  const place = `${id} ${restart}, shutdown ${shutdown}${significant ? ', significant' : ''}`;
  const what = node.kind === 'leaf' ? leafTraits(node) : branchTraits(node);
  return [`${'  '.repeat(depth)}${place}: ${what}`, ...below.flatMap((child) => lines(child, depth + 1))];
}

function leafTraits({ temper }: Leaf): string {
  const { form, starts, manners, slowMs, lateMs, beatMs, isNamed, grandchild, promise, cleanUp, stop, meddles } =
    temper;
  return [
    form,
    form === 'promise' ? promise : manners === 'slow' ? `slow ${slowMs}` : manners,
    ...(starts.length > 0 ? [`starts: ${starts.join(' / ')} within ${temper.startTimeoutMs}`] : []),
    ...(lateMs === undefined ? [] : [`late ${lateMs} within ${temper.startTimeoutMs}`]),
    ...(beatMs === undefined ? [] : [`beats ${beatMs}`]),
    ...(isNamed ? ['named'] : []),
    ...(grandchild === 'none' ? [] : [`grandchild ${grandchild}`]),
    ...(cleanUp === 'quiet' ? [] : ['clean-up throws']),
    ...(form === 'custom' && stop !== 'stops' ? [`${stop} stop`] : []),
    ...(meddles ? ['meddles'] : []),
  ].join(', ');
}

function branchTraits(branch: Branch): string {
  const { kind, strategy, autoShutdown, intensity, backoff, drawn, maxChildren, startTimeoutMs } = branch;
  return [
    kind === 'dynamic' ? `dynamic, at most ${maxChildren}` : strategy,
    `${intensity.maxRestarts} in ${intensity.withinMs}`,
    ...(kind === 'static' && autoShutdown !== 'never' ? [autoShutdown] : []),
    ...(backoff ? [`backoff ${JSON.stringify(backoff)} drawn ${drawn}`] : []),
    ...(startTimeoutMs === undefined ? [] : [`starts within ${startTimeoutMs}`]),
  ].join(', ');
}
