import { Answers, done, refusedWith, settled } from './support/answers.ts';
import { keptNotebooks } from './support/kept-notebooks.ts';
import { SuccessiveHosts } from './support/successive-hosts.ts';
import { worker } from './support/worker.ts';

describe('Of those who come at the same time', () => {
  it.each(['resume first', 'forget first'])('a resume and a forget do not both have it: %s', async (first) => {
    const line = new SuccessiveHosts({ session: worker });
    await line.begin().open('s1');
    await line.close();
    const { host } = line.begin();
    await settled();
    const answers = new Answers();
    if (first === 'resume first') answers.note('resume', host.resumeSession('s1'));
    answers.note('forget', host.forgetSession('s1'));
    if (first === 'forget first') answers.note('resume', host.resumeSession('s1'));
    await settled();
    const { resume, forget } = Object.fromEntries(answers.given);
    if (first === 'resume first') expect([resume, forget]).toEqual([true, 'running']);
    else expect([resume, forget]).toEqual(['not_found', true]);
    expect(host.ids()).toEqual([...line.records.keys()]);
  });

  it('a start that comes while a forget looks for the record keeps its own', async () => {
    const { host, store, start } = keptNotebooks();
    await settled();
    store.hold('list');
    const forgotten = host.forgetSession('s1');
    await settled();
    expect((await start('s1')).ok).toBe(true);
    store.heal();
    expect(await forgotten).toEqual(refusedWith('running', { id: 's1' }));
    expect([...store.records.keys()]).toEqual(['s1']);
  });

  it('a start does not come in while a record is being deleted that nobody knew of', async () => {
    const { host, store, start } = keptNotebooks();
    await settled();
    const other = keptNotebooks();
    await other.start('s1');
    store.records.set('s1', other.store.records.get('s1')!);
    store.hold('delete');
    const forgotten = host.forgetSession('s1');
    await settled();
    const started = start('s1');
    await settled();
    store.heal();
    expect(await started).toEqual(refusedWith('session_exists'));
    expect(await forgotten).toEqual(done);
    expect([host.count(), store.records.size]).toEqual([0, 0]);
    expect((await start('s1')).ok).toBe(true);
  });
});

describe('A session that is being forgotten', () => {
  it('may be one that has failed', async () => {
    const line = new SuccessiveHosts({ session: worker, intensity: { maxRestarts: 0 } });
    const ref = await line.begin().open('s1');
    ref.send({ type: 'crash' });
    expect(await line.test.host.forgetSession('s1')).toEqual(done);
    expect(line.records.size).toBe(0);
  });

  it('may be asked for twice', async () => {
    const line = new SuccessiveHosts({ session: worker });
    await line.begin().open('s1');
    await line.close();
    const { host } = line.begin();
    const both = await Promise.all([host.forgetSession('s1'), host.forgetSession('s1')]);
    expect(both.every((answer) => answer.ok || answer.error.code === 'not_found')).toBe(true);
    expect(line.records.size).toBe(0);
  });
});
