import { assign, sendTo, setup } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { ask, memoryStore } from '../src/index.ts';
import type { ReplyTo, SessionRef } from '../src/index.ts';
import { openHost } from './support/open-host.ts';

type FriendlyEvent =
  | { readonly type: 'meet'; readonly friend: SessionRef }
  | { readonly type: 'greet' }
  | { readonly type: 'greeted' }
  | { readonly type: 'question'; readonly replyTo: ReplyTo<string> }
  | { readonly type: 'decide' };

/** A session that knows another one, and keeps who asked it until it has decided. */
const friendly = setup({
  types: {
    context: {} as { friend?: SessionRef; asker?: ReplyTo<string>; greetings: number },
    events: {} as FriendlyEvent,
  },
}).createMachine({
  context: { greetings: 0 },
  on: {
    meet: { actions: assign({ friend: ({ event }) => event.friend }) },
    greet: { actions: sendTo(({ context }) => context.friend as AnyActorRef, { type: 'greeted' }) },
    greeted: { actions: assign({ greetings: ({ context }) => context.greetings + 1 }) },
    question: { actions: assign({ asker: ({ event }) => event.replyTo }) },
    decide: { actions: ({ context }) => context.asker!.send('yes') },
  },
});

const setUp = (records = new Map<string, string>()) => ({
  records,
  ...openHost({ session: friendly, store: memoryStore(records) }),
});

/** Two sessions, of which the first knows the second; and the host that follows. */
async function friends() {
  const first = setUp();
  const a = await first.open('a');
  const b = await first.open('b');
  a.send({ type: 'meet', friend: b });
  await first.host.close();
  return setUp(first.records);
}

const greetings = ({ host }: ReturnType<typeof setUp>, id: string) => host.session(id)!.getSnapshot().context.greetings;

describe('A ref of another session, in the context of one that comes back', () => {
  it('is of that session, whichever of the two comes back first', async () => {
    const it = await friends();
    await it.host.resumeAll();
    it.host.session('a')!.send({ type: 'greet' });
    expect(greetings(it, 'b')).toBe(1);
    expect(it.host.session('a')!.getSnapshot().context.friend).toBe(it.host.session('b'));
  });

  it('keeps what it is sent until that session is back', async () => {
    const it = await friends();
    await it.host.resumeSession('a');
    const a = it.host.session('a')!;
    a.send({ type: 'greet' });
    expect(a.getSnapshot().context.friend!.getSnapshot().status).toBe('active');
    await it.host.resumeSession('b');
    expect(greetings(it, 'b')).toBe(1);
    a.send({ type: 'greet' });
    expect(greetings(it, 'b')).toBe(2);
  });

  it('has dead letters where that session does not come back', async () => {
    const it = await friends();
    await it.host.resumeSession('a');
    it.host.session('a')!.send({ type: 'greet' });
    await it.host.close();
    expect(it.events.at(-1)).toMatchObject({ type: 'session.stopped' });
    const letters = it.events.filter(({ type }) => type === 'dead_letter');
    expect(letters).toMatchObject([{ event: { type: 'greeted' }, target: { id: 'b' }, reason: 'stopped' }]);
  });

  it('is still good for a session whose first try to come back has failed', async () => {
    const it = await friends();
    await it.host.resumeSession('a');
    it.host.session('a')!.send({ type: 'greet' });
    it.host.maxSessions = 1;
    expect((await it.host.resumeSession('b')).ok).toBe(false);
    it.host.maxSessions = 2;
    expect((await it.host.resumeSession('b')).ok).toBe(true);
    expect(greetings(it, 'b')).toBe(1);
  });
});

describe('The replyTo of a question, in the context of a session that comes back', () => {
  it('takes the answer as a dead letter: nobody waits for it any more', async () => {
    const first = setUp();
    const ref = await first.open('a');
    const asked = ask(ref, { type: 'question' });
    const outcome = asked.catch((error: unknown) => error);
    await first.host.flush();
    await first.host.close();
    expect(await outcome).toMatchObject({ code: 'actor_stopped' });

    const second = setUp(first.records);
    await second.host.resumeAll();
    second.host.session('a')!.send({ type: 'decide' });
    expect(second.host.isRunning('a')).toBe(true);
    expect(second.events.at(-1)).toMatchObject({ type: 'dead_letter', event: 'yes', reason: 'late_reply' });
  });
});
