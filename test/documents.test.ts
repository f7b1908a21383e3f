import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChildSpec, SupervisionEvent, SupervisorCommand } from '../src/index.ts';
import type { ObserveOptions } from '../src/observer/index.ts';
import { resolveObserveOptions } from '../src/observer/observe-options.ts';
import { figuresIn, figuresOf } from '../bench/page.ts';
import type { Run } from '../bench/page.ts';
import { Document, readme, root } from './support/document.ts';
import { faults, printed } from './support/program.ts';

const names = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = names.map((name) => new Document(`docs/${name}`));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// The recipes start processes, and typing a page takes its time.
jest.setTimeout(30_000);

afterEach(() => jest.restoreAllMocks());

const all = [readme, ...pages].map((page) => [page.path, page] as const);

describe.each(all.filter(([, page]) => page.program !== ''))('%s', (_path, page) => {
  it('prints what it says in the comments of its TypeScript', async () => {
    expect(page.promised.split('\n').length).toBeGreaterThan(5);
    expect(await printed(page.program)).toBe(page.promised);
  });

  it('shows TypeScript that is typed right', () => {
    expect(faults(page.program)).toEqual([]);
  });
});

describe.each(all)('%s', (path, page) => {
  it('names only scripts that there are', () => {
    expect(page.scripts.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('links to pages and headings that there are', () => {
    const isThere = (link: string): boolean => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : file.endsWith('.md') && new Document(join(dirname(path), file));
      return target
        ? anchor === undefined || target.anchors.includes(anchor)
        : existsSync(join(root, path, '..', file));
    };
    expect(page.links.filter((link) => !link.startsWith('https:') && !isThere(link))).toEqual([]);
  });
});

it('Every page is linked from the README', () => {
  expect(readme.links).toEqual(expect.arrayContaining(pages.map(({ path }) => path)));
});

describe('docs/performance.md', () => {
  const run = JSON.parse(readFileSync(join(root, 'bench/results.json'), 'utf8')) as Run;
  const words = (text: string): string[] => text.split(/[\s|]+/).filter((word) => !/^-*$/.test(word));

  it('has the figures of the last whole run', () => {
    expect(words(figuresIn(new Document('docs/performance.md').text))).toEqual(words(figuresOf(run)));
  });
});

describe('docs/observer.md', () => {
  it('names every option, and its default', () => {
    const page = new Document('docs/observer.md');
    expect(page.namesUnder('Options')).toEqual(Object.keys(observeOptions));
    const { port, hostname, allowActions } = resolveObserveOptions({}, () => {});
    const stated = new Map(page.tableUnder('Options'));
    expect(['port', 'hostname', 'allowActions'].map((name) => stated.get(name))).toEqual(
      [port, hostname, allowActions].map((value) => `\`${value}\``),
    );
  });

  const observeOptions: Record<keyof ObserveOptions, true> = {
    port: true,
    hostname: true,
    token: true,
    auth: true,
    allowedHosts: true,
    allowActions: true,
    redact: true,
  };
});

describe('docs/supervision.md', () => {
  const page = new Document('docs/supervision.md');

  it('names every field of a child spec', () => {
    expect(page.namesUnder('Child specs')).toEqual(Object.keys(fields));
  });

  it('names every event of a supervisor', () => {
    expect(page.namesUnder('Watching')).toEqual([...Object.keys(events), 'dead_letter']);
  });

  it('names every command about a child', () => {
    expect(page.namesUnder('Commands')).toEqual(Object.keys(commands));
  });

  const fields: Record<keyof ChildSpec, true> = {
    id: true,
    src: true,
    input: true,
    systemId: true,
    restart: true,
    shutdown: true,
    type: true,
    significant: true,
    enabled: true,
    ready: true,
    startTimeoutMs: true,
    graceful: true,
  };

  const events: Record<SupervisionEvent['type'], true> = {
    'child.started': true,
    'child.start_failed': true,
    'child.ignored': true,
    'child.exited': true,
    'child.restarting': true,
    'child.restart_cancelled': true,
    'child.deleted': true,
    'supervisor.gave_up': true,
    'supervisor.stopped': true,
  };

  const commands: Record<Extract<SupervisorCommand['type'], `child.${string}`>, true> = {
    'child.start': true,
    'child.terminate': true,
    'child.restart': true,
    'child.delete': true,
  };
});
