import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { killWorkbenches, repository, WorkbenchProcess } from '../support/workbench-process.ts';

jest.setTimeout(30_000);

const command = [process.execPath, '--import', 'tsx', 'examples/workbench/main.ts'];
const project = `${repository}/examples/workbench/projects/bakery`;
const workbench = (...args: string[]) => new WorkbenchProcess([...args, project], { command });

afterEach(killWorkbenches);

async function urlFrom(run: WorkbenchProcess): Promise<URL> {
  const pattern = /observer: (\S+)\n/;
  await run.until(() => pattern.test(run.out + run.err));
  return new URL(pattern.exec(run.out + run.err)![1]!);
}

describe('The workbench prints the URL of a page', () => {
  it('that shows its sessions, also as JSON', async () => {
    const run = workbench('--json', '--port', '0');
    const url = await urlFrom(run);
    await run.says('"session.started"');
    const entered = await fetch(url, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
    const events = await fetch(new URL('events', url), { headers: { cookie } });
    let heard = '';
    for await (const part of events.body!.pipeThrough(new TextDecoderStream())) {
      heard += part;
      if (heard.includes('"name":"bakery"')) break;
    }
    expect(heard).toContain('"allowActions":true');
    run.type('quit');
    expect(await run.ended).toBe(0);
    expect(run.lines.map(({ type }) => type)).toEqual(['session.started', 'session.stopped']);
  });

  it('with the same token each time, so that a page that is open finds the next one', async () => {
    const urls = await Promise.all([workbench('--port', '0'), workbench('--port', '0')].map(urlFrom));
    expect(urls[0]!.searchParams.get('token')).toMatch(/^[\w-]{32}$/);
    expect(urls[1]!.searchParams.get('token')).toBe(urls[0]!.searchParams.get('token'));
  });

  it('which may be on any port, if the usual one is taken', async () => {
    const urls = await Promise.all([workbench(), workbench()].map(urlFrom));
    expect(urls[0]!.port).not.toBe(urls[1]!.port);
  });

  it('and works on without one, if the port that it is given is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.on('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const run = workbench('--port', String(port));
    await run.says('There is no observer: listen EADDRINUSE');
    await run.says('session.started bakery');
    server.close();
  });
});
