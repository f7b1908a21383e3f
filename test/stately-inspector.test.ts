import { runInNode } from './support/node-process.ts';

interface Line {
  readonly type: string;
  readonly name?: string;
  readonly sessionId: string;
  readonly parentId?: string;
  readonly rootId?: string;
  readonly snapshot?: { readonly status: string };
  readonly definition?: string;
  readonly event?: { readonly type: string };
  readonly sourceId?: string;
}

describe('Stately’s inspector, attached to a host that runs', () => {
  let lines: readonly Line[];
  let text: string;
  beforeAll(async () => {
    const ran = await runInNode('test/support/stately-inspector.main.ts', 'production');
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
    lines = ran.lines;
    text = JSON.stringify(lines);
  }, 60_000);

  const actors = () => lines.filter(({ type }) => type === '@xstate.actor');
  const nameOf = (id: string | undefined) => actors().find(({ sessionId }) => sessionId === id)?.name;

  it('draws one tree: the runtime, registry and sessions, each session, its children', () => {
    const [runtime] = actors();
    const found = actors().map(({ name, parentId }) => `${nameOf(parentId) ?? ''} > ${name}`);
    const id = runtime!.name;
    expect(found).toEqual([
      ` > ${id}`,
      `${id} > registry`,
      `${id} > sessions`,
      'sessions > first',
      'first > leaf',
      'sessions > second',
      'second > leaf',
      'second > leaf',
    ]);
    expect(new Set(lines.map(({ rootId }) => rootId).filter(Boolean))).toEqual(new Set([runtime!.sessionId]));
  });

  it('has the statechart of each machine', () => {
    expect(
      actors()
        .filter(({ definition }) => definition !== undefined)
        .map(({ name }) => name),
    ).toEqual(expect.arrayContaining(['sessions', 'first', 'second', 'leaf']));
  });

  it('shows a crash as an error, and the incarnation that follows as another actor', () => {
    const leaves = actors().filter(({ name, parentId }) => name === 'leaf' && nameOf(parentId) === 'second');
    expect(new Set(leaves.map(({ sessionId }) => sessionId)).size).toBe(2);
    const statuses = (sessionId: string) =>
      lines.flatMap((line) =>
        line.type === '@xstate.snapshot' && line.sessionId === sessionId ? line.snapshot!.status : [],
      );
    expect(leaves.map(({ sessionId }) => statuses(sessionId).at(-1))).toEqual(['error', 'stopped']);
  });

  it('shows which actor sent an event', () => {
    const found = lines
      .filter(({ type, event }) => type === '@xstate.event' && event?.type === 'ready')
      .map(({ sourceId, sessionId }) => `${nameOf(sourceId)} > ${nameOf(sessionId)}`);
    // What a child of a session tree sends to its parent goes on to the host, as `session.message`.
    expect(new Set(found)).toEqual(new Set(['leaf > second', 'second > sessions']));
  });

  it('is given nothing that it is to sanitize, and nothing after it was detached', () => {
    expect(text).toContain('sanitized');
    expect(text).not.toContain('hidden in');
    const first = actors().find(({ name }) => name === 'first')!;
    const last = lines.filter(({ sessionId }) => sessionId === first.sessionId).at(-1)!;
    expect(last.snapshot?.status ?? 'active').toBe('active');
  });
});
