/** A host with Stately's own inspector, over a WebSocket: prints what arrives at the other end, a JSON value a line. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createWebSocketInspector } from '@statelyai/inspect';
import { WebSocketServer } from 'ws';
import { sendParent, setup } from 'xstate';
import { createSessionHost, inspect, sessionTree } from '../../src/index.ts';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
await once(server, 'listening');
server.on('connection', (socket) => socket.on('message', (data: Buffer) => console.log(data.toString('utf8'))));

const leaf = setup({
  actions: {
    fail: () => {
      throw new Error('boom');
    },
  },
}).createMachine({
  context: () => ({ secret: 'hidden in a context' }),
  entry: sendParent({ type: 'ready' }),
  on: { crash: { actions: 'fail' } },
});

const host = createSessionHost({
  session: sessionTree({ logger: () => {}, children: () => [{ id: 'leaf', src: leaf }] }),
  projectPaths: 'text',
  logger: () => {},
});
await host.startSession({ projectPath: '/first', id: 'first' });

const { port } = server.address() as AddressInfo;
const inspector = createWebSocketInspector({
  url: `ws://127.0.0.1:${port}`,
  sanitizeContext: () => ({ secret: 'sanitized' }),
  sanitizeEvent: ({ type }) => ({ type }),
});
const watching = inspect(host, inspector.inspect);
await host.startSession({ projectPath: '/second', id: 'second', name: 'hidden in an event' });
host.whereis('second', 'leaf')!.send({ type: 'crash', secret: 'hidden in an event' });
await host.stopSession('second');
watching.unsubscribe();
await host.stopSession('first');

// What has been sent arrives in order.
while (server.clients.size === 0) await setTimeout(10);
await setTimeout(200);
await host.close();
inspector.stop();
server.close();
for (const client of server.clients) client.terminate();
