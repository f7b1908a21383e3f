import { createActor } from 'xstate';
import type { AnyActorRef, AnyEventObject } from 'xstate';
import { dynamicSupervisor, supervisor } from '../src/index.ts';
import type { ChildSpec, SupervisorLogic, SupervisorOptions } from '../src/index.ts';
import { Scene } from './support/scene.ts';
import { scripted, worker } from './support/workers.ts';

const src = worker();
const a = { id: 'a', src };
const b = { id: 'b', src };

const scene = (children: ChildSpec[], options: SupervisorOptions = {}) =>
  new Scene((logger) => supervisor({ logger, ...options, children }));

interface Answer {
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: { readonly code: string };
}

const commands: readonly AnyEventObject[] = [
  { type: 'child.start', spec: { id: 'late', src } },
  { type: 'child.start', spec: {} },
  { type: 'child.terminate', id: 'a' },
  { type: 'child.restart', id: 'a' },
  { type: 'child.delete', id: 'x' },
  { type: 'supervisor.which_children' },
  { type: 'supervisor.count_children' },
  { type: 'supervisor.stop' },
];

/** Sends all commands. For each, what is answered to it, at once or later. */
function sendAll(actor: AnyActorRef): string[][] {
  return commands.map((event) => {
    const answers: string[] = [];
    actor.send({ ...event, replyTo: { send: (answer: Answer) => answers.push(word(answer)) } });
    return answers;
  });
}

function word({ ok, value, error }: Answer): string {
  if (!ok) return error!.code;
  if (Array.isArray(value)) return value.map(({ id, status }) => `${id} ${status}`).join(', ');
  return value === undefined ? 'ok' : `${(value as { active: number }).active} active`;
}

/** What they are answered where all is down: each once. */
const allDown = (table: string) =>
  ['stopping', 'invalid_spec', 'stopping', 'stopping', 'stopping', table, '0 active', 'ok'].map((answer) => [answer]);

describe('What waits in the mailbox of a supervisor as it ends is answered, once,', () => {
  it('where it was sent by who heard of the last child', () => {
    const it = scene([a]);
    let answers: string[][] = [];
    it.actor.on('child.exited', () => (answers = sendAll(it.actor)));
    expect(it.tell({ type: 'supervisor.stop' })).toBe('ok');
    expect([it.status, answers]).toEqual(['done', allDown('a stopped')]);
  });

  it('where it was sent by who heard that it has stopped, or was answered so', () => {
    const it = scene([a]);
    const answers: string[][][] = [];
    it.actor.on('supervisor.stopped', () => answers.push(sendAll(it.actor)));
    it.actor.send({ type: 'supervisor.stop', replyTo: { send: () => answers.push(sendAll(it.actor)) } });
    expect([it.status, ...answers]).toEqual(['done', allDown('a stopped'), allDown('a stopped')]);
  });

  it('where it came after a stop, while the supervisor was busy', () => {
    const it = scene([a]);
    let answers: string[][] = [];
    it.meanwhile(() => {
      it.actor.send({ type: 'supervisor.stop' });
      answers = sendAll(it.actor);
    });
    expect([it.status, answers]).toEqual(['done', allDown('a stopped')]);
  });

  it('where it came after a stop of a dynamic one', () => {
    const it = new Scene((logger) => dynamicSupervisor({ logger }));
    it.tell({ type: 'child.start', spec: a });
    let answers: string[][] = [];
    it.meanwhile(() => {
      it.actor.send({ type: 'supervisor.stop' });
      answers = sendAll(it.actor);
    });
    expect([it.status, answers]).toEqual(['done', allDown('')]);
  });

  it('where it came after the crash by which it gives up', () => {
    const it = scene([a, b], { intensity: { maxRestarts: 0 } });
    let answers: string[][] = [];
    it.meanwhile(() => {
      it.crash('b');
      answers = sendAll(it.actor);
    });
    expect([it.state, answers]).toEqual(['gave_up', allDown('a stopped, b stopped')]);
  });

  it('where it came after the end of a significant child', () => {
    const it = scene([a, { ...b, restart: 'transient', significant: true }], { autoShutdown: 'any_significant' });
    let answers: string[][] = [];
    it.meanwhile(() => {
      it.finish('b');
      answers = sendAll(it.actor);
    });
    expect([it.status, answers]).toEqual(['done', allDown('a stopped, b stopped')]);
  });

  it.each<[string, SupervisorLogic, string]>([
    [
      'a static one whose first start fails',
      supervisor({ logger: () => {}, children: [a, { ...b, ...scripted('fail') }] }),
      'a stopped, b stopped',
    ],
    [
      'one that gives up at once',
      supervisor({ logger: () => {}, intensity: { maxRestarts: 0 }, children: [{ ...a, input: 'end' }] }),
      'a stopped',
    ],
  ])('where it came before the start of %s', (_which, logic, table) => {
    const actor = createActor(logic);
    const answers = sendAll(actor);
    actor.start();
    expect([actor.getSnapshot().status, answers]).toEqual(['error', allDown(table)]);
  });

  it('and nothing of it is done', () => {
    const it = scene([a]);
    it.take();
    it.meanwhile(() => {
      it.actor.send({ type: 'supervisor.stop' });
      sendAll(it.actor);
    });
    expect(it.take()).toEqual(['a exited 1 shutdown', 'stopped shutdown']);
  });
});
