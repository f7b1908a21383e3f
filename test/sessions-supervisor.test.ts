import type { AnyActorRef } from 'xstate';
import { ask } from '../src/index.ts';
import { counter, crash } from './support/counter.ts';
import { openHost, steadyBackoff } from './support/open-host.ts';

describe('The supervisor of the sessions', () => {
  it('tells of its children, as any supervisor: each session is one', async () => {
    const { host } = openHost({ session: counter, backoff: steadyBackoff });
    for (const id of ['a', 'b']) await host.startSession({ id, projectPath: `/${id}` });
    host.session('b')!.send(crash);
    const parts = await ask(host.actor, { type: 'supervisor.which_children' });
    if (!parts.ok) throw new Error('it did not answer');
    const sessions = parts.value.find(({ id }) => id === 'sessions')!.ref as AnyActorRef;

    const common = { type: 'worker', restart: 'transient', incarnation: 1 };
    expect(await ask(sessions, { type: 'supervisor.which_children' })).toMatchObject({
      ok: true,
      value: [
        { ...common, id: 'a', status: 'running' },
        { ...common, id: 'b', status: 'restarting' },
      ],
    });
    expect(await ask(sessions, { type: 'supervisor.count_children' })).toEqual({
      ok: true,
      value: { specs: 2, active: 1, supervisors: 0, workers: 2 },
    });
  });
});
