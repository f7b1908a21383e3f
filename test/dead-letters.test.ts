import { createActor, setup, stopChild } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { sessionTree, supervisor } from '../src/index.ts';
import type { ChildSpec } from '../src/index.ts';
import { ofType, openHost } from './support/open-host.ts';
import { Scene } from './support/scene.ts';
import { worker } from './support/workers.ts';

const logger = () => {};
const src = worker();
const inside = setup({ actors: { src } }).createMachine({ invoke: { src: 'src', id: 'inside' } });
const of = (...children: ChildSpec[]) => supervisor({ logger, children });
const crash = { type: 'crash' };
const note = { type: 'note' };

interface Letter {
  readonly event: unknown;
  readonly target: unknown;
  readonly reason: string;
}

/** What of a letter a test can show: which actor it was for, of all in its system. */
const inShort = ({ event, target, reason }: Letter): string =>
  `${(event as typeof note).type} to ${(target as AnyActorRef).id} ${(target as AnyActorRef).sessionId}: ${reason}`;

/** A letter to a dead actor, in short. */
const letter = (target: AnyActorRef): string => inShort({ event: note, target, reason: 'stopped' });

/** The refs of a supervisor's children, by their ids. */
function childrenOf(sup: AnyActorRef): Record<string, AnyActorRef> {
  const refs: Record<string, AnyActorRef> = {};
  const send = ({ value }: { value: readonly { id: string; ref: AnyActorRef }[] }) => {
    for (const { id, ref } of value) refs[id] = ref;
  };
  sup.send({ type: 'supervisor.which_children', replyTo: { send } });
  return refs;
}

/** The letters that an actor emits, in short. */
function lettersOf(actor: AnyActorRef): string[] {
  const letters: string[] = [];
  actor.on('dead_letter', (event: Letter) => letters.push(inShort(event)));
  return letters;
}

describe('A dead letter', () => {
  it('to a child is emitted by its supervisor, with whom it was for', () => {
    const it = new Scene(() => of({ id: 'a', src }));
    const old = it.ref('a');
    it.crash('a');
    old.send(note);
    const [dead, ...more] = it.all('dead_letter');
    expect([dead?.target === old, dead?.event, dead?.reason, more]).toEqual([true, note, 'stopped', []]);
  });

  it('to an actor in a child is emitted by the supervisor of that', () => {
    const it = new Scene(() => of({ id: 'a', src: inside }));
    const old = it.anyRef('inside');
    old.send(crash);
    old.send(note);
    expect(it.all('dead_letter').map(inShort)).toEqual([letter(old)]);
  });

  it('in supervisors within each other is emitted by the outermost, once', () => {
    const it = new Scene(() => of({ id: 'outer', src: of({ id: 'inner', src: of({ id: 'a', src }) }) }));
    const letters = ['outer', 'inner'].map((id) => lettersOf(it.anyRef(id)));
    const old = it.anyRef('a');
    it.crash('a');
    old.send(note);
    expect([it.all('dead_letter').map(inShort), ...letters]).toEqual([[letter(old)], [], []]);
  });

  it('within a host is emitted by the host, also where a tree is its session', async () => {
    const { host, events, open } = openHost({ session: sessionTree({ logger, children: () => [{ id: 'a', src }] }) });
    const ofTree = lettersOf(await open('s1'));
    const old = host.whereis('s1', 'a')!;
    old.send(crash);
    old.send(note);
    expect([ofType(events, 'dead_letter').map(inShort), ofTree]).toEqual([[letter(old)], []]);
  });

  it('within a host is emitted by the host, also where a machine with a supervisor is its session', async () => {
    const session = setup({ actors: { sup: of({ id: 'a', src }) } }).createMachine({
      invoke: { src: 'sup', id: 'sup' },
    });
    const { events, open } = openHost({ session });
    const { sup } = (await open('s1')).getSnapshot().children;
    const ofSup = lettersOf(sup as AnyActorRef);
    const old = childrenOf(sup as AnyActorRef).a!;
    old.send(crash);
    old.send(note);
    expect([ofType(events, 'dead_letter').map(inShort), ofSup]).toEqual([[letter(old)], []]);
  });
});

describe('Of two supervisors in one machine', () => {
  const one = of({ id: 'a', src });
  const machine = setup({ actors: { one, two: one, apart: src } }).createMachine({
    context: ({ spawn }) => {
      spawn('one', { id: 'one' });
      spawn('two', { id: 'two' });
      spawn('apart', { id: 'apart' });
      return {};
    },
    on: { drop: { actions: stopChild(({ event }) => (event as never as { id: string }).id) } },
  });

  function open() {
    const actor = createActor(machine).start();
    const side = (id: string) => {
      const sup = actor.getSnapshot().children[id] as AnyActorRef;
      return { letters: lettersOf(sup), a: childrenOf(sup).a! };
    };
    return { actor, one: side('one'), two: side('two') };
  }

  it('each emits the letters to its own', () => {
    const { one, two } = open();
    for (const { a } of [one, two]) a.send(crash);
    for (const { a } of [one, two]) a.send(note);
    expect([one.letters, two.letters]).toEqual([[letter(one.a)], [letter(two.a)]]);
  });

  it.each([
    ['one', 'two'],
    ['two', 'one'],
  ] as const)('each does, also when the other has been stopped: %s', (stopped, other) => {
    const { actor, ...sides } = open();
    actor.send({ type: 'drop', id: stopped });
    const { a, letters } = sides[other];
    a.send(crash);
    a.send(note);
    expect([sides[stopped].letters, letters]).toEqual([[], [letter(a)]]);
  });

  it.each([
    [undefined, 'one'],
    ['one', 'two'],
    ['two', 'one'],
  ] as const)('the first that lives emits the letters to whom neither supervises: %s stopped', (stopped, other) => {
    const { actor, ...sides } = open();
    const apart: AnyActorRef = actor.getSnapshot().children.apart!;
    for (const id of ['apart', stopped]) actor.send({ type: 'drop', id });
    apart.send(note);
    const letters = { one: [], two: [], [other]: [letter(apart)] };
    expect({ one: sides.one.letters, two: sides.two.letters }).toEqual(letters);
  });
});
