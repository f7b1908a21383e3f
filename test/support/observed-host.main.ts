/** Closes a host that a page looks at, and must then end by itself: nobody calls `process.exit`. */
import { get } from 'node:http';
import { createSessionHost } from '../../src/index.ts';
import { observe } from '../../src/observer/index.ts';
import { counter } from './counter.ts';

const host = createSessionHost({ session: counter, projectPaths: 'text', logger: () => {} });
await host.startSession({ projectPath: '/p', id: 's1' });
const { url } = await observe(host);
const entered = await fetch(url, { redirect: 'manual' });
const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!;
// Of Node's own, that keeps no connection for later.
const stream = get(new URL('/events', url), { headers: { cookie }, agent: false });
const told = await new Promise<{ status: number | undefined; isEnded: boolean }>((resolve) => {
  stream.on('response', (response) => {
    response.once('data', () => void host.close());
    response.on('error', () => {});
    response.on('close', () => resolve({ status: response.statusCode, isEnded: true }));
  });
});
console.log(JSON.stringify(told));
