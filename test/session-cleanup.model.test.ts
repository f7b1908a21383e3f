import fc from 'fast-check';
import { Alive } from './support/alive.ts';
import { family, logicOf, parentOf, pathsOf } from './support/family-tree.ts';
import type { Member, Path } from './support/family-tree.ts';
import { openHost } from './support/open-host.ts';

const boom = new Error('boom');

/** Who should live, in a family to which things happen. */
class Model {
  private readonly paths: ReadonlyMap<Path, Member>;
  private living: Set<Path>;
  incarnation = 1;
  isOver = false;

  constructor(root: Member) {
    this.paths = pathsOf(root);
    this.living = new Set(this.paths.keys());
  }

  get names(): Path[] {
    return [...this.living].sort();
  }

  get systemNames(): Path[] {
    return this.names.filter((path) => this.paths.get(path)!.isNamed);
  }

  get timers(): number {
    return this.names.filter((path) => this.isMachine(path)).length;
  }

  isMachine(path: Path): boolean {
    return this.paths.get(path)!.kind === 'machine';
  }

  isCallback(path: Path): boolean {
    return this.paths.get(path)!.kind === 'callback';
  }

  /** A member fails, and with it whoever does not handle that, up to the session. */
  fail(path: Path): void {
    const { had } = this.paths.get(path)!;
    if (path === '0') this.incarnation++;
    if (path === '0' || (had === 'invoked' && this.paths.get(parentOf(path))!.handles)) this.begin(path);
    else this.fail(parentOf(path));
  }

  /** A machine reaches its final state; nobody has it begin anew. */
  finish(path: Path): void {
    for (const each of this.names) if (isWithin(path, each)) this.living.delete(each);
    if (path === '0') this.isOver = true;
  }

  stop(): void {
    this.living.clear();
    this.isOver = true;
  }

  restart(): void {
    this.incarnation++;
    this.begin('0');
  }

  private begin(path: Path): void {
    for (const each of this.paths.keys()) if (isWithin(path, each)) this.living.add(each);
  }
}

const isWithin = (ancestor: Path, path: Path) => path === ancestor || path.startsWith(`${ancestor}.`);

type Step =
  | { readonly does: 'fail' | 'fail in turn' | 'fail late' | 'make its parent fail' | 'finish'; readonly who: number }
  | { readonly does: 'restart' | 'stop' | 'close' | 'wait' };

const who = fc.nat({ max: 1_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: fc.constant('fail' as const), who }) },
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constantFrom('fail in turn', 'fail late', 'make its parent fail'), who }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('finish' as const), who }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('restart', 'wait') }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('stop', 'close') }) },
);

/** All that promises had to say has been said. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('A family of actors', () => {
  it('has exactly the members of the incarnation that lives, whatever happens to it', async () => {
    await fc.assert(
      fc.asyncProperty(family, fc.array(step, { minLength: 1, maxLength: 12 }), async (root, steps) => {
        const alive = new Alive();
        const { host, clock, open } = openHost({
          session: logicOf(alive, root),
          intensity: { maxRestarts: 1_000 },
        });
        const ref = await open('s1');
        const model = new Model(root);
        const incarnations: number[] = [];
        host.on('session.restarted', ({ incarnation }) => incarnations.push(incarnation));
        const check = () => {
          expect(alive.names).toEqual(model.names);
          expect(clock.timers).toBe(model.timers);
          expect(incarnations.at(-1) ?? 1).toBe(model.incarnation);
          if (!model.isOver) expect(systemNames(ref)).toEqual(model.systemNames);
        };
        check();
        for (const each of steps) {
          await take(each, host, clock, alive, model);
          await settled();
          check();
          if (model.isOver) break;
        }
        await host.close();
        expect({ names: alive.names, timers: clock.timers }).toEqual({ names: [], timers: 0 });
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});

const systemNames = (ref: { readonly system: { getAll(): object } }): string[] =>
  Object.keys(ref.system.getAll()).sort();

async function take(
  step: Step,
  host: {
    restartSession(id: string): Promise<unknown>;
    stopSession(id: string): Promise<unknown>;
    close(): Promise<void>;
  },
  clock: { increment(ms: number): void },
  alive: Alive,
  model: Model,
): Promise<void> {
  if (!('who' in step)) {
    switch (step.does) {
      case 'wait':
        return clock.increment(10);
      case 'restart':
        model.restart();
        return void (await host.restartSession('s1'));
      case 'stop':
        model.stop();
        return void (await host.stopSession('s1'));
      case 'close':
        model.stop();
        return host.close();
    }
  }
  const { names } = model;
  const path = names[step.who % names.length]!;
  const isMachine = model.isMachine(path);
  switch (step.does) {
    case 'make its parent fail':
      if (path === '0' || !(isMachine || model.isCallback(path))) return;
      alive.send(path, { type: 'pass_on', event: { type: 'fail', error: boom } });
      return model.fail(parentOf(path));
    case 'finish':
      if (!isMachine) return;
      alive.send(path, { type: 'finish' });
      return model.finish(path);
    case 'fail':
      alive.fail(path, boom);
      return model.fail(path);
    default:
      if (!isMachine) return;
      alive.send(path, { type: step.does.replaceAll(' ', '_'), error: boom });
      return model.fail(path);
  }
}
