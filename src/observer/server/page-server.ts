import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { stopping } from '../../core/stopping.ts';
import { isSupervisor } from '../../logic.ts';
import { logThrown } from '../../logger.ts';
import type { Runtime } from '../../../machines/runtime.ts';
import { Actions } from './actions.ts';
import { chartOf } from '../view/chart.ts';
import { Feed } from './feed.ts';
import { Gate } from './gate.ts';
import { BadBody, readJson } from './json-body.ts';
import { inUrl } from './loopback.ts';
import type { Observation } from '../observation.ts';
import type { ResolvedObserveOptions } from '../observe-options.ts';
import type { ObservedHost } from '../observed-host.ts';
import { sendFile } from './page-files.ts';
import type { Chart, Hello } from '../protocol.ts';
import { harden, letIn, rawRefusal, say, sendJson } from './responses.ts';

/** So many may be connected at once: whoever connects too often shall not take the files that the host may open. */
const maxConnections = 256;
/** So many of them may be pages that listen. */
const maxFeeds = 128;

/** The server of the page: who may ask what, and who answers. */
export class PageServer {
  private readonly gate: Gate;
  private readonly server: Server;
  private readonly feeds = new Map<string, Feed>();
  private readonly run: Hello['host'] = {
    run: randomUUID(),
    pid: process.pid,
    node: process.version,
    startedAt: Math.round(performance.timeOrigin),
  };
  private readonly chart: Chart | undefined;
  private readonly actions: Actions;

  constructor(
    host: ObservedHost,
    runtime: Runtime,
    private readonly observation: Observation,
    private readonly options: ResolvedObserveOptions,
  ) {
    this.gate = new Gate(options);
    this.actions = new Actions(host, runtime, observation.brief);
    // That of a tree is its supervisor's own.
    this.chart = isSupervisor(runtime.sessionLogic) ? undefined : chartOf(runtime.sessionLogic);
    // A request that takes its time shall not keep its place for long. A browser sends all cookies that it has for any port.
    const limits = { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 65_536 };
    this.server = createServer(
      { ...limits, connectionsCheckingInterval: 1_000, requireHostHeader: false },
      (request, response) => {
        this.answer(request, response).catch((error: unknown) => this.failed(request, response, error));
      },
    );
    this.server.maxConnections = maxConnections;
    // What Node would answer by itself has no headers of ours.
    this.server.on('checkExpectation', (_request, response) => {
      harden(response);
      say(response, 417, 'That is not expected here.');
    });
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (socket.writable) socket.end(rawRefusal(error.code));
      else socket.destroy();
    });
  }

  /** @returns the URL of the page; rejects where it cannot listen */
  listen(): Promise<string> {
    const { hostname, port } = this.options;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      // The host may end meanwhile, and then it never listens.
      this.server.once('close', () => reject(stopping()));
      this.server.listen(port, hostname, () => {
        this.server.off('error', reject);
        this.server.on('error', (error) => logThrown(this.options.logger, 'the server of the observer', error));
        const { port: taken } = this.server.address() as { port: number };
        const query = this.options.auth === undefined ? `?token=${this.gate.token}` : '';
        resolve(`http://${inUrl(hostname)}:${taken}/${query}`);
      });
    });
  }

  close(): Promise<void> {
    for (const feed of this.feeds.values()) feed.close();
    this.feeds.clear();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    harden(response);
    const url = urlOf(request);
    if (url === undefined) return say(response, 400, 'That is no path.');
    const verdict = await this.gate.judge(request, url);
    if (verdict.type === 'refuse') {
      if (verdict.status === 401 && this.options.auth !== undefined) {
        response.setHeader('www-authenticate', 'Basic realm="observer", charset="UTF-8"');
      }
      return say(response, verdict.status, verdict.message);
    }
    if (verdict.type === 'exchange') {
      letIn(request, response, verdict.cookie);
    } else if (request.method === 'POST') {
      await this.answerPost(request, response, url.pathname);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD, POST');
      say(response, 405, `${request.method} is nothing that is done here.`);
    } else if (url.pathname === '/events') {
      this.openFeed(request, response);
    } else if (!sendFile(request, response, url.pathname)) {
      say(response, 404, 'There is no such file.');
    }
  }

  private async answerPost(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path === '/watch') {
      const { client, session } = await readJson(request);
      const feed = this.feeds.get(client as string);
      if (feed === undefined) return say(response, 404, 'There is no such client.');
      feed.watch(typeof session === 'string' ? session : undefined);
      response.writeHead(204).end();
    } else if (path !== '/actions') {
      say(response, 404, 'There is nothing to post to.');
    } else if (!this.options.allowActions) {
      say(response, 403, 'This observer only looks: it was not given allowActions.');
    } else {
      sendJson(response, await this.actions.act(await readJson(request)));
    }
  }

  private openFeed(request: IncomingMessage, response: ServerResponse): void {
    // While `auth` took its time, it may have gone: nobody would tell that it has.
    if (request.socket.destroyed) return;
    if (this.feeds.size >= maxFeeds) return say(response, 503, 'Too many pages are open.');
    if (request.method === 'HEAD') return void response.end();
    // Behind another answer it would wait for its turn, and nobody would tell when it is gone.
    if (response.socket === null) return say(response, 400, 'The stream wants a connection of its own.');
    const client = randomUUID();
    const { allowActions } = this.options;
    const { chart, run } = this;
    const hello: Hello = { client, host: run, now: Date.now(), allowActions, ...(chart !== undefined && { chart }) };
    const feed = new Feed(this.observation, response, hello);
    this.feeds.set(client, feed);
    response.on('close', () => {
      this.feeds.delete(client);
      feed.close();
    });
  }

  private failed(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (error instanceof BadBody) say(response, error.status, error.message);
    else {
      // Whoever asked may have gone meanwhile.
      if (!request.socket.destroyed) logThrown(this.options.logger, 'the observer', error);
      if (response.headersSent) response.destroy();
      else say(response, 500, 'The observer failed to answer.');
    }
  }
}

function urlOf({ url }: IncomingMessage): URL | undefined {
  try {
    // Not a base: `//name` is a path here, and no host.
    const parsed = new URL(`http://observer${url}`);
    // One that `auth` would read in another way than we do is none.
    return parsed.pathname === url!.split(/[?#]/)[0] ? parsed : undefined;
  } catch {
    return undefined;
  }
}
