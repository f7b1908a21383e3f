import { firstValueFrom, from, lastValueFrom, map, take, toArray } from 'rxjs';
import { toPromise, waitFor } from 'xstate';
import { counter, crash } from './support/counter.ts';
import { openCounter, openDown } from './support/open-counter.ts';
import { ofType, openHost } from './support/open-host.ts';

const add = (by: number) => ({ type: 'add', by }) as const;

describe('XState’s waitFor on a session ref', () => {
  it('waits through a crash and a back-off', async () => {
    const { clock, ref } = await openDown();
    const waiting = waitFor(ref, ({ context }) => context.count === 7);
    clock.increment(100);
    ref.send(add(7));
    expect((await waiting).context.count).toBe(7);
  });

  it('answers at once when the last snapshot before the crash will do', async () => {
    const { ref } = await openDown();
    expect((await waitFor(ref, ({ context }) => context.count === 2)).matches('counting')).toBe(true);
  });

  it('rejects when the session is stopped or has failed first', async () => {
    const { host, open } = openHost({ session: counter });
    const [stopped, failed] = [await open('stopped'), await open('failed')];
    const waiting = [stopped, failed].map((ref) => waitFor(ref, ({ context }) => context.count === 7));
    const settled = Promise.allSettled(waiting);
    await host.stopSession('stopped');
    for (let i = 0; i < 4; i++) failed.send(crash);
    expect(await settled).toMatchObject([{ status: 'rejected' }, { status: 'rejected', reason: { code: 'gave_up' } }]);
  });
});

describe('XState’s toPromise on a session ref', () => {
  it('resolves with the output of the incarnation that finishes', async () => {
    const { ref } = await openCounter();
    const output = toPromise(ref);
    ref.send(add(1));
    ref.send(crash);
    ref.send(add(5));
    ref.send({ type: 'finish' });
    expect(await output).toBe(5);
    expect(await toPromise(ref)).toBe(5);
  });

  it('rejects when the session has failed, then or before', async () => {
    const { events, ref } = await openCounter();
    const output = expect(toPromise(ref)).rejects.toMatchObject({ code: 'gave_up', restarts: 3 });
    for (let i = 0; i < 4; i++) ref.send(crash);
    await output;
    await expect(toPromise(ref)).rejects.toBe(ofType(events, 'session.failed')[0]!.error);
  });

  it('resolves with nothing when the session is stopped', async () => {
    const { host, ref } = await openCounter();
    const output = toPromise(ref);
    await host.stopSession('s1');
    expect(await output).toBeUndefined();
  });
});

describe('RxJS’s from on a session ref', () => {
  it('emits the snapshots of every incarnation, and completes when the session is stopped', async () => {
    const { host, ref } = await openCounter();
    const counts = lastValueFrom(
      from(ref).pipe(
        map(({ context }) => context.count),
        toArray(),
      ),
    );
    ref.send(add(1));
    ref.send(crash);
    ref.send(add(2));
    await host.stopSession('s1');
    expect(await counts).toEqual([1, 0, 2]);
  });

  it('errors when the session has failed', async () => {
    const { ref } = await openCounter();
    const snapshots = expect(lastValueFrom(from(ref))).rejects.toMatchObject({ code: 'gave_up' });
    for (let i = 0; i < 4; i++) ref.send(crash);
    await snapshots;
    await expect(firstValueFrom(from(ref))).rejects.toMatchObject({ code: 'gave_up' });
  });

  it('leaves the ref when it has had enough', async () => {
    const { ref } = await openCounter();
    const counts: number[] = [];
    from(ref)
      .pipe(take(1))
      .subscribe(({ context }) => counts.push(context.count));
    ref.send(add(1));
    ref.send(add(1));
    expect(counts).toEqual([1]);
  });
});
