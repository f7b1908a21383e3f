import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { observe } from 'xstate-supervisor/observer';
import type { ObservedHost } from 'xstate-supervisor/observer';

// In a process of its own: what it reads takes no time of the host's.
const reader = `
  const [url, cookie] = process.argv.slice(1);
  const { body } = await fetch(url, { headers: { cookie } });
  for await (const part of body) if (process.connected) { process.send(part.length); process.disconnect(); }
`;

/** Opens an observer of a host, with a page that reads and others that have stalled. */
export async function watching(host: ObservedHost, stalled: number): Promise<void> {
  const observer = await observe(host);
  const entered = await fetch(observer.url, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const { host: address, port } = new URL(observer.url);
  const events = new URL('/events', observer.url).href;
  const page = spawn(process.execPath, ['--input-type=module', '-e', reader, '--', events, cookie], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(page, 'message');
  process.on('exit', () => page.kill());
  const sockets = Array.from({ length: stalled }, () => stall(Number(port), address, cookie));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
}

function stall(port: number, address: string, cookie: string): Socket {
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => {});
  socket.write(`GET /events HTTP/1.1\r\nhost: ${address}\r\ncookie: ${cookie}\r\n\r\n`);
  return socket;
}
