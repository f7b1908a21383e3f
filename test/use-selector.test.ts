/** @jest-environment jsdom */
import { useSelector } from '@xstate/react';
import { act, Component, createElement, StrictMode } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Root } from 'react-dom/client';
import type { counter } from './support/counter.ts';
import { crash, note } from './support/counter.ts';
import type { CounterRef } from './support/open-counter.ts';
import { openCounter, openDown } from './support/open-counter.ts';
import type { SessionHost } from '../src/index.ts';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

// The library is for hosts without a DOM too, so its types are not in the project.
interface Page {
  readonly textContent: string | null;
}
declare const document: { createElement(name: string): Page };

const roots: Root[] = [];

/** What a component shows, in a page of its own. */
async function show(element: ReactNode): Promise<Page> {
  const page = document.createElement('main');
  const root = createRoot(page, { onCaughtError: () => {} });
  roots.push(root);
  await act(async () => root.render(createElement(StrictMode, null, element)));
  return page;
}

let renders = 0;

function Count({ session }: { readonly session: CounterRef }): ReactNode {
  renders++;
  return useSelector(session, ({ context }) => context.count);
}

function Status({ session }: { readonly session: CounterRef }): ReactNode {
  return useSelector(session, (snapshot) => `${snapshot.status} ${snapshot.matches('counting')}`);
}

function Names({ host }: { readonly host: SessionHost<typeof counter> }): ReactNode {
  renders++;
  const sessions = useSelector(host.actor, () => host.list());
  return sessions.map(({ name }) => name).join(' ');
}

class Boundary extends Component<{ readonly children: ReactNode }> {
  override readonly state = { message: '' };

  static getDerivedStateFromError = ({ message }: Error) => ({ message });

  override render = () => this.state.message || this.props.children;
}

describe('useSelector of @xstate/react', () => {
  // Before the host is closed, which would show.
  afterEach(() => act(async () => roots.splice(0).forEach((root) => root.unmount())));

  describe('on a session ref', () => {
    it('shows each change, of every incarnation', async () => {
      const { ref } = await openCounter();
      const page = await show(createElement(Count, { session: ref }));
      expect(page.textContent).toBe('0');
      await act(async () => ref.send({ type: 'add', by: 2 }));
      expect(page.textContent).toBe('2');
      await act(async () => ref.send(crash));
      expect(page.textContent).toBe('0');
      await act(async () => ref.send({ type: 'add', by: 5 }));
      expect(page.textContent).toBe('5');
    });

    it('shows the last snapshot while the session is down, then the new incarnation', async () => {
      const { clock, ref } = await openDown();
      const page = await show([
        createElement(Count, { session: ref, key: 1 }),
        ' ',
        createElement(Status, { session: ref, key: 2 }),
      ]);
      expect(page.textContent).toBe('2 active true');
      await act(async () => ref.send({ type: 'add', by: 7 }));
      expect(page.textContent).toBe('2 active true');
      await act(async () => clock.increment(100));
      expect(page.textContent).toBe('7 active true');
    });

    it('renders nothing again for what was not selected', async () => {
      const { ref } = await openCounter();
      await show(createElement(Count, { session: ref }));
      const before = renders;
      await act(async () => ref.send(note('a')));
      await act(async () => ref.send(crash));
      expect(renders).toBe(before);
    });

    it('shows what a session finished with, and stays when it is over', async () => {
      const { host, ref } = await openCounter();
      const page = await show(createElement(Status, { session: ref }));
      await act(async () => ref.send({ type: 'finish' }));
      expect(page.textContent).toBe('done false');
      await act(async () => host.close());
      expect(page.textContent).toBe('done false');
    });

    it('throws the failure of a session to the error boundary', async () => {
      const { ref } = await openCounter();
      const page = await show(createElement(Boundary, null, createElement(Count, { session: ref })));
      await act(async () => [crash, crash, crash].forEach(ref.send));
      expect(page.textContent).toBe('0');
      await act(async () => ref.send(crash));
      expect(page.textContent).toMatch(/^Session s1 gave up after 3 restarts/);
    });
  });

  describe('on the host', () => {
    it('shows the sessions after each change', async () => {
      const { host } = await openCounter();
      const page = await show(createElement(Names, { host }));
      expect(page.textContent).toBe('s1');
      await act(async () => host.startSession({ projectPath: '/projects/s2' }));
      expect(page.textContent).toBe('s1 s2');
      await act(async () => host.renameSession('s1', 'first'));
      expect(page.textContent).toBe('first s2');
      await act(async () => host.stopSession('s1'));
      expect(page.textContent).toBe('s2');
    });

    it('shows a session that failed no more', async () => {
      const { host, ref } = await openCounter();
      const page = await show(createElement(Names, { host }));
      await act(async () => [crash, crash, crash, crash].forEach(ref.send));
      expect(page.textContent).toBe('');
    });

    it('renders nothing again after what is no change of the list', async () => {
      const { host, ref } = await openCounter();
      await show(createElement(Names, { host }));
      const before = renders;
      await act(async () => ref.send({ type: 'add', by: 1 }));
      await act(async () => host.renameSession('nobody', 'x'));
      await act(async () => ref.send(crash));
      expect(renders).toBe(before);
    });
  });
});
