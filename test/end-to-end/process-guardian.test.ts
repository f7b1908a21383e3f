import { ProcessHost } from '../support/process-host.ts';
import { asleep, everybody, living, nobodyLeft, until } from '../support/processes.ts';

jest.setTimeout(60_000);

/** A grandchild that ignores SIGTERM, an orphan, one in a group of its own, and one more. */
const family = `sh -c "trap '' TERM; sleep 1000" & (sleep 1000 &); timeout 1000 sleep 1000 & sleep 1000 & wait`;
const size = 7;

/** The guardian of a host: a shell, and none of its sessions'. */
const guardianOf = (host: ProcessHost): number | undefined =>
  everybody().find(({ parent, args }) => parent === host.pid && /^\/bin\/sh -c \s*trap/.test(args))?.pid;
async function found(host: ProcessHost): Promise<number> {
  await until(() => guardianOf(host) !== undefined);
  return guardianOf(host)!;
}
const isGone = (pid: number): boolean => !everybody().some((each) => each.pid === pid);

it('A host leaves nobody behind, in whatever way it dies', async () => {
  const ways: [kill: (host: ProcessHost) => void, end: number | NodeJS.Signals][] = [
    [(host) => host.child.kill('SIGKILL'), 'SIGKILL'],
    [(host) => host.child.kill('SIGTERM'), 'SIGTERM'],
    [(host) => host.child.kill('SIGINT'), 'SIGINT'],
    [(host) => host.child.kill('SIGHUP'), 'SIGHUP'],
    [(host) => host.tell('throw'), 1],
    [(host) => host.tell('reject'), 1],
    [(host) => host.tell('exit 3'), 3],
    [(host) => host.tell('abort'), 'SIGABRT'],
  ];
  const hosts = await Promise.all(ways.map(() => ProcessHost.up(`open ${family}`, `open ${family}`)));
  await asleep(hosts.length * 2 * size);
  const guardians = await Promise.all(hosts.map(found));
  ways.forEach(([kill], i) => kill(hosts[i]!));
  expect(await Promise.all(hosts.map(({ ended }) => ended))).toEqual(ways.map(([, end]) => end));
  await nobodyLeft();
  await until(() => guardians.every(isGone));
});

describe('The guardian of a host', () => {
  it('is replaced when somebody kills it', async () => {
    const host = await ProcessHost.up('open sleep 1000 & wait', 'open sleep 1000 & wait');
    await asleep(4);
    for (let times = 0; times < 3; times++) {
      const guardian = await found(host);
      process.kill(guardian, 'SIGKILL');
      await until(() => isGone(guardian) && guardianOf(host) !== undefined);
    }
    host.child.kill('SIGKILL');
    await nobodyLeft();
  });

  it('ignores what ends the jobs of a terminal', async () => {
    const host = await ProcessHost.up('open exec sleep 1000');
    await asleep(1);
    const guardian = await found(host);
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.kill(guardian, signal);
    host.child.kill('SIGKILL');
    await nobodyLeft();
    await until(() => isGone(guardian));
  });

  it('is there only while there is somebody to guard, and guards nobody who has ended', async () => {
    const host = await ProcessHost.up();
    for (let times = 1; times <= 3; times++) {
      host.tell('open sleep 1000');
      await host.says(/^opened/, times);
      const guardian = await found(host);
      host.tell('open exit 0');
      await host.says(/^session.stopped/, times * 2 - 1);
      expect(guardianOf(host)).toBe(guardian);
      host.tell(`stop s${times * 2 - 2}`);
      await host.says(/^session.stopped/, times * 2);
      await until(() => isGone(guardian));
      expect(guardianOf(host)).toBeUndefined();
    }
  });

  it('does not keep the host from ending by itself, nor does who has left and holds its pipes', async () => {
    const host = await ProcessHost.up('open setsid sleep 1000 & exit 0', 'open echo over', 'open sleep 1000');
    await host.says(/^session.stopped/, 2);
    host.tell('close');
    host.child.stdin.end();
    expect(await host.ended).toBe(0);
    const left = living();
    expect(left.map(({ args }) => args)).toEqual(['sleep 1000']);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
  });
});

it('A host that is killed in the very moment in which it starts a process leaves nobody behind', async () => {
  const hosts = await Promise.all(Array.from({ length: 8 }, () => ProcessHost.up()));
  for (const host of hosts) {
    const before = living().length;
    // They are started in one go: it has no time for anything else.
    host.tell(...Array<string>(50).fill('open exec sleep 1000'));
    await until(() => living().length >= before + 3);
    host.child.kill('SIGKILL');
  }
  await nobodyLeft();
});

it('A host that has no more room for pipes refuses to start a process, and leaves nobody behind', async () => {
  const started: number[] = [];
  for (const room of [4, 9, 12]) {
    const host = new ProcessHost(['sh', '-c', 'ulimit -n 200; exec "$@"', 'sh']);
    await host.says('ready');
    host.tell(`room ${room}`, ...Array<string>(3).fill('open exec sleep 1000'));
    await host.says(/^opened|^refused start_failed/, 3);
    started.push(living().length);
    host.tell('close');
    await host.says('closed');
    expect(living()).toEqual([]);
  }
  expect(started).toEqual([0, 1, 2]);
});
